package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Common names, as Statistics Sweden lists them.
var (
	women = strings.Fields(`Anna Eva Maria Karin Kristina Lena Sara Kerstin Emma Ingrid Marie Malin Jenny Hanna Annika Linda Susanne Elin Monica Birgitta
		Sofia Julia Ida Alice Maja Fatima Amina Leila Aino Helena Åsa Ulrika Ebba Saga Agnes Elsa Astrid Wilma Nadia Samira`)
	men = strings.Fields(`Lars Mikael Anders Johan Erik Per Karl Peter Jan Thomas Daniel Fredrik Andreas Hans Stefan Mats Marcus Bengt Bo Mattias
		Alexander Oskar Hugo Liam Elias Ali Omar Hassan Juha Antti Göran Örjan Sven Nils Axel Viktor Gustav Ivan Dawit Yusuf`)
	surnames = strings.Fields(`Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson
		Bengtsson Lindberg Lindström Lindqvist Lindgren Axelsson Berg Bergström Lundberg Lundgren Berglund Fredriksson Sandberg Forsberg Sjöberg Wallin
		Engström Eklund Danielsson Håkansson Lundin Björk Bergman Ek Holm Söderberg Nyström Åberg Öberg Virtanen Korhonen Ahmed Hassan Ali Mohamed Nguyen`)
)

// How many there are.
const (
	adults   = 160
	children = 40
)

// resident is a row of residents.csv.
type resident struct {
	key, number, first, last, email, phone string
	born                                   time.Time
	at                                     address
	protected                              bool
	guardians                              []string
}

// residentsCSV is the register of residents: adults first, then children.
func residentsCSV(addresses []address) []byte {
	var b strings.Builder
	b.WriteString("key,number,name,email,phone,street,postcode,town,protected,guardians\n")
	for _, r := range townspeople(addresses) {
		fmt.Fprintf(&b, "%s,%s,%s %s,%s,%s,%s %s,%s,Fagersta,%t,%s\n", r.key, r.number, r.first, r.last, r.email, r.phone, r.at.street, r.at.number, r.at.postcode,
			r.protected, strings.Join(r.guardians, " "))
	}
	return []byte(b.String())
}

// townspeople makes residents at the addresses: adults born 1930 to 2008, of whom one in fifty has a protected identity, and their children.
func townspeople(addresses []address) []resident {
	random := rand.New(rand.NewPCG(1744, 200)) //nolint:gosec // the same each time is the point
	seen := map[string]bool{}
	ascii := strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "Å", "a", "Ä", "a", "Ö", "o")
	var all []resident
	for n := 0; n < adults; {
		born := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.IntN(79*365))
		birthNumber := 980 + random.IntN(20)
		number := personnummer(born, birthNumber)
		if seen[number] {
			continue
		}
		seen[number] = true
		n++
		given := men
		if birthNumber%2 == 0 { // the third digit is even for women
			given = women
		}
		first, last := given[random.IntN(len(given))], surnames[random.IntN(len(surnames))]
		at := addresses[random.IntN(len(addresses))]
		email := fmt.Sprintf("%s.%s.%d@example.org", strings.ToLower(ascii.Replace(first)), strings.ToLower(ascii.Replace(last)), n)
		phone := fmt.Sprintf("070-174 06 %02d", 5+random.IntN(95)) // PTS: 070-1740605 to 070-1740699 are for fiction
		if random.IntN(5) == 0 {
			email = ""
		}
		all = append(all, resident{key: fmt.Sprintf("r%03d", n), number: number, first: first, last: last, email: email, phone: phone, born: born, at: at, protected: n%50 == 0})
	}
	return append(all, minors(all, seen)...)
}

// minors makes the children, born 2010 to 2025. The first two are those of the persona who is a resident; the last two are as protected as
// their guardian, and one is whose guardians are not. They live with the first guardian and have no telephone or e-mail of their own.
func minors(grown []resident, seen map[string]bool) []resident {
	random := rand.New(rand.NewPCG(2010, 40)) //nolint:gosec // the same each time is the point
	byKey := map[string]resident{}
	var parents []string // of an age to have children at school and preschool
	for _, r := range grown {
		byKey[r.key] = r
		if y := r.born.Year(); y >= 1972 && y <= 1996 && !r.protected {
			parents = append(parents, r.key)
		}
	}
	var families [][]string
	for i := 0; i+1 < len(parents); i += 2 {
		families = append(families, parents[i:i+2-random.IntN(4)/3]) // one in four children has a single guardian
	}
	var all []resident
	elder := 0
	for n := adults + 1; n <= adults+children; {
		i := n - adults - 1
		guardians := families[(i/2)%len(families)]
		year := 2010 + random.IntN(10)
		if i%2 == 1 { // the younger of two
			year = elder + 2 + random.IntN(5)
		}
		born := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.IntN(365))
		switch {
		case i < 2:
			guardians, born = []string{"r002", "r004"}, time.Date(2013+6*i, 5, 14+i, 0, 0, 0, 0, time.UTC)
		case n > adults+children-2:
			guardians, born = []string{"r150"}, time.Date(2021+2*(adults+children-n), 3, 8, 0, 0, 0, 0, time.UTC)
		}
		birthNumber := 980 + random.IntN(20)
		number := personnummer(born, birthNumber)
		if seen[number] {
			continue
		}
		seen[number], elder = true, born.Year()
		given := men
		if birthNumber%2 == 0 {
			given = women
		}
		home := byKey[guardians[0]]
		all = append(all, resident{key: fmt.Sprintf("r%03d", n), number: number, first: given[random.IntN(len(given))], last: home.last, born: born, at: home.at,
			protected: home.protected || n == 180, guardians: guardians})
		n++
	}
	return all
}

// personnummer is the number of twelve digits with its check digit.
func personnummer(born time.Time, birthNumber int) string {
	return born.Format("2006")[:2] + withCheckDigit(born.Format("060102")+fmt.Sprintf("%03d", birthNumber))
}

// withCheckDigit adds the check digit to nine digits (Luhn).
func withCheckDigit(nine string) string {
	sum := 0
	for i, c := range nine {
		d := int(c - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return nine + fmt.Sprint((10-sum%10)%10)
}
