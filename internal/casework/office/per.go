package office

import (
	"errors"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/web"
)

// FieldPer is the field of the day that a page tells about: "per datum".
const FieldPer = "per"

// Per is the day that the page tells about: the one of the address, or else today. The error is a web.ErrBadRequest.
func (v *Visit) Per() (calendar.Date, error) {
	s := v.R.FormValue(FieldPer)
	if s == "" {
		return v.Today(), nil
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return calendar.Date{}, errors.Join(web.ErrBadRequest, fmt.Errorf("the day of the page: %w", err))
	}
	return d, nil
}
