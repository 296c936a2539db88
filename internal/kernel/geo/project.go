package geo

import "math"

// GRS 80 and SWEREF 99 TM (Lantmäteriet; EPSG:3006).
const (
	semiMajor       = 6378137.0
	flattening      = 1 / 298.257222101
	eccentricity2   = flattening * (2 - flattening)
	eccentricity    = 0.08181919104281579 // its root, which Go cannot take of a constant
	centralMeridian = 15.0
	scale           = 0.9996
	falseEasting    = 500000.0

	n      = flattening / (2 - flattening)                            // third flattening
	radius = scale * semiMajor / (1 + n) * (1 + n*n/4 + n*n*n*n/64.0) // of the rectifying sphere, scaled
)

// series is the sum of c[k] sin(2(k+1)z) for k from 0 to 3, where z is complex, by Clenshaw's recurrence.
func series(c [4]float64, z complex128) complex128 {
	sin, cos := math.Sincos(2 * real(z))
	// sinh and cosh from one exponential; 2 imag(z) is small enough for both to be exact to the last digits but one.
	e := math.Exp(2 * imag(z))
	sinh, cosh := (e-1/e)/2, (e+1/e)/2
	twice := complex(2*cos*cosh, -2*sin*sinh)
	b3 := complex(c[3], 0)
	b2 := complex(c[2], 0) + twice*b3
	b1 := complex(c[1], 0) + twice*b2 - b3
	b0 := complex(c[0], 0) + twice*b1 - b2
	return b0 * complex(sin*cosh, cos*sinh)
}

// forward and inverse are Krüger's coefficients to the fourth order in n; what is left out is below a micrometre.
func forward() [4]float64 {
	return [4]float64{
		n/2 - 2*n*n/3 + 5*n*n*n/16 + 41*n*n*n*n/180,
		13*n*n/48 - 3*n*n*n/5 + 557*n*n*n*n/1440,
		61*n*n*n/240 - 103*n*n*n*n/140,
		49561 * n * n * n * n / 161280,
	}
}

func inverse() [4]float64 {
	return [4]float64{
		n/2 - 2*n*n/3 + 37*n*n*n/96 - n*n*n*n/360,
		n*n/48 + n*n*n/15 - 437*n*n*n*n/1440,
		17*n*n*n/480 - 37*n*n*n*n/840,
		4397 * n * n * n * n / 161280,
	}
}

// conformal is the tangent of the conformal latitude for the tangent of the geodetic one (Karney 2011, equation 7).
func conformal(tan float64) float64 {
	sec := math.Sqrt(1 + tan*tan)
	sigma := math.Sinh(eccentricity * math.Atanh(eccentricity*tan/sec))
	return tan*math.Sqrt(1+sigma*sigma) - sigma*sec
}

// geodetic undoes conformal by Newton's method (Karney 2011, equations 19 to 21).
func geodetic(tan float64) float64 {
	t := tan / (1 - eccentricity2)
	for range 5 { // three are enough everywhere but at the poles
		c := conformal(t)
		step := (tan - c) / math.Sqrt(1+c*c) * (1 + (1-eccentricity2)*t*t) / ((1 - eccentricity2) * math.Sqrt(1+t*t))
		t += step
		if math.Abs(step) <= 1e-15*(1+math.Abs(t)) {
			break
		}
	}
	return t
}

// ToSWEREF99TM is the plane position, in metres north and east, of latitude and longitude in degrees. It is exact to well
// below a millimetre within 15 degrees of 15° E; check what users give with Point.Validate first.
func ToSWEREF99TM(lat, lon float64) (north, east float64) {
	tan := conformal(math.Tan(radians(lat)))
	sin, cos := math.Sincos(radians(lon - centralMeridian))
	z := complex(math.Atan2(tan, cos), math.Asinh(sin/math.Hypot(tan, cos)))
	z += series(forward(), z)
	return radius * real(z), falseEasting + radius*imag(z)
}

// FromSWEREF99TM is the latitude and longitude, in degrees, of a plane position in metres: ToSWEREF99TM undone.
func FromSWEREF99TM(north, east float64) (lat, lon float64) {
	z := complex(north/radius, (east-falseEasting)/radius)
	z -= series(inverse(), z)
	sin, cos := math.Sincos(real(z))
	sinh := math.Sinh(imag(z))
	tan := geodetic(sin / math.Hypot(sinh, cos))
	return degrees(math.Atan(tan)), centralMeridian + degrees(math.Atan2(sinh, cos))
}

func radians(deg float64) float64 { return deg * (math.Pi / 180) }

func degrees(rad float64) float64 { return rad * (180 / math.Pi) }
