// Package search finds documents by Swedish text, in the transaction that changes them, and shows only what the asker may see.
package search
