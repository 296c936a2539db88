// Package payment takes in the fee of a matter before the matter is handed in, through a provider that does the actual moving of money.
//
// What the provider says is asked of the provider: nothing that a browser brings back is believed. Asking again changes nothing. Every
// payment that came in or failed is in the journal, and one that never became a matter is kept and listed for finance.
package payment
