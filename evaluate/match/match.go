// Package match compares the persons of a scheme with persons of the reference
// who are like them.
package match
