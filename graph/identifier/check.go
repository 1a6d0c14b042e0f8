package identifier

import "strings"

const (
	gtinLength = 14
	leiLength  = 20
	usccLength = 18
	dunsLength = 9
	cageLength = 5
	ueiLength  = 12
	upcLength  = 12

	longGrantee, shortGrantee = 5, 3
	maxFCCProduct             = 14
	maxMPN                    = 60
)

const (
	digits   = "0123456789"
	alphabet = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func only(value, allowed string) bool { return strings.Trim(value, allowed) == "" }

// checkLEI reads the value as a number in which A is 10 and Z is 35; it leaves
// the remainder 1 when divided by 97.
func checkLEI(value string) string {
	const modulus = 97
	if len(value) != leiLength || !only(value, alphabet) {
		return "does not have 20 letters and digits"
	}
	if !only(value[leiLength-2:], digits) {
		return "does not end in two check digits"
	}
	remainder := 0
	for i := range len(value) {
		v := strings.IndexByte(alphabet, value[i])
		if v < 10 {
			remainder = (remainder*10 + v) % modulus
		} else {
			remainder = (remainder*100 + v) % modulus
		}
	}
	if remainder != 1 {
		return "has wrong check digits"
	}
	return ""
}

// usccAlphabet leaves out I, O, S, V and Z; a character's value is its place.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// checkUSCC weighs each character by a power of 3 modulo 31.
func checkUSCC(value string) string {
	const modulus = 31
	if len(value) != usccLength || !only(value, usccAlphabet) {
		return "does not have 18 digits and letters other than I, O, S, V and Z"
	}
	if !only(value[2:8], digits) {
		return "has no administrative division in its places 3 to 8"
	}
	sum, weight := 0, 1
	for i := range usccLength - 1 {
		sum += strings.IndexByte(usccAlphabet, value[i]) * weight
		weight = weight * 3 % modulus
	}
	if usccAlphabet[(modulus-sum%modulus)%modulus] != value[usccLength-1] {
		return "has a wrong check character"
	}
	return ""
}

func checkDUNS(value string) string {
	if len(value) != dunsLength || !only(value, digits) {
		return "does not have 9 digits"
	}
	return ""
}

// checkCAGE allows letters at any place, as NATO's own codes have them; I and O
// do not occur.
func checkCAGE(value string) string {
	if len(value) != cageLength || !only(value, alphabet) || strings.ContainsAny(value, "IO") {
		return "does not have 5 digits and letters other than I and O"
	}
	return ""
}

func checkUEI(value string) string {
	if len(value) != ueiLength || !only(value, alphabet) || strings.ContainsAny(value, "IO") || value[0] == '0' {
		return "does not have 12 digits and letters other than I and O, the first not 0"
	}
	return ""
}

// checkGTIN weighs the digits in front of the check digit by 3 and 1 from the
// right.
func checkGTIN(value string) string {
	switch len(value) {
	case 8, 12, 13, 14:
	default:
		return "does not have 8, 12, 13 or 14 digits"
	}
	if !only(value, digits) {
		return "has a character that is no digit"
	}
	if only(value, "0") {
		return "is all zeros"
	}
	sum, weight := 0, 3
	for i := len(value) - 2; i >= 0; i-- {
		sum += int(value[i]-'0') * weight
		weight = 4 - weight
	}
	if byte('0'+(10-sum%10)%10) != value[len(value)-1] {
		return "has a wrong check digit"
	}
	return ""
}

func checkUPC(value string) string {
	if len(value) != upcLength {
		return "does not have 12 digits"
	}
	return checkGTIN(value)
}

func granteeLength(value string) int {
	if value != "" && strings.IndexByte(digits, value[0]) >= 0 {
		return longGrantee
	}
	return shortGrantee
}

func checkGrantee(value string) string {
	if value == "" || len(value) != granteeLength(value) || !only(value, alphabet) {
		return "does not have 3 characters, or 5 beginning with a digit"
	}
	return ""
}

func checkFCCID(value string) string {
	product := len(value) - granteeLength(value)
	if product < 1 || product > maxFCCProduct || !only(value, alphabet) {
		return "is not a grantee code with a product code of 1 to 14 letters and digits behind it"
	}
	return ""
}

func checkMPN(value string) string {
	if value == "" {
		return "has no letter or digit"
	}
	if len(value) > maxMPN {
		return "is longer than 60 letters and digits"
	}
	return ""
}
