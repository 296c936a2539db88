// Package formdata reads the body of a posted form, multipart/form-data or application/x-www-form-urlencoded, within limits and
// as a stream: texts are collected, files are handed on while they arrive and never held.
//
// net/http's own ParseMultipartForm holds or spools whole files before anyone has looked at them, tells nothing of the field
// that went wrong, and takes text that is not UTF-8 (which PostgreSQL refuses later, in the midst of a transaction).
//
// Sources: RFC 7578 (multipart/form-data), WHATWG URL section 5 (urlencoded). Answers P-R (riktighet:
// input is checked where it comes in) for forms.
package formdata
