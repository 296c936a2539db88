// Package pay speaks with those who move money: Stripe over HTTPS, and the till of the demonstration, which moves none.
//
// The Stripe adapter is tested against stripe-mock, Stripe's own server of its published API description. That shows that our requests are
// ones Stripe accepts and that we read answers of the shape it gives. It cannot show behaviour: stripe-mock keeps nothing, always answers
// with the same example, and never pays, cancels or sends a webhook. What our code makes of those is shown with recorded answers, and
// the whole way should be walked with a test key before the public pays.
package pay
