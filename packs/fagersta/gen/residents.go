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

const residents = 200

// residentsCSV makes residents at the addresses, born 1930 to 2008. One in fifty has a protected identity.
func residentsCSV(addresses []address) []byte {
	random := rand.New(rand.NewPCG(1744, 200)) //nolint:gosec // the same each time is the point
	seen := map[string]bool{}
	ascii := strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "Å", "a", "Ä", "a", "Ö", "o")
	var b strings.Builder
	b.WriteString("key,number,name,email,phone,street,postcode,town,protected\n")
	for n := 0; n < residents; {
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
		fmt.Fprintf(&b, "r%03d,%s,%s %s,%s,%s,%s %s,%s,Fagersta,%t\n", n, number, first, last, email, phone, at.street, at.number, at.postcode, n%50 == 0)
	}
	return []byte(b.String())
}

// personnummer is the number of twelve digits with its check digit: Luhn over the last ten.
func personnummer(born time.Time, birthNumber int) string {
	digits := born.Format("20060102") + fmt.Sprintf("%03d", birthNumber)
	sum := 0
	for i, c := range digits[2:] {
		d := int(c - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}
