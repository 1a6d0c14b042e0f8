package resolve

import "strings"

// lookAlikes are the letters of other scripts that look like a Latin one, each
// followed by it. Upper and lower case stand apart, since N in Greek looks like
// N and its lower case like v.
var lookAlikes = pairs(`
Аa аa Вb вb Сc сc Ԁd ԁd Еe еe Ѐe ѐe Гr гr Ԍg Һh һh Нh нh Іi іi Їi їi Јj јj Кk кk Ӏl ӏl Мm мm ѕs Ѕs
Оo оo Рp рp Ԛq ԛq Тt тt Уy уy Үy Ѵv ѵv Ԝw ԝw Хx хx ьb
Αa αa Βb βb Ϲc ϲc Εe εe Ηh ηn Ιi ιi Ϳj ϳj Κk κk Μm Νn νv Οo οo Ρp ρp Τt τt Υy υu Χx χx Ζz γy ωw
ոn սu ցg օo հh Լl Տs Օo Ꭺa Ᏼb Ꮯc Ꭰd Ꭼe Ꮐg Ꮋh Ꭵi Ꭻj Ꮶk Ꮮl Ꮇm Ꮲp Ꮢr Ꮪs Ꭲt Ꮩv Ꮃw Ꮓz
ıi ɑa ɡg ɩi ʟl ɪi ɴn ʀr ʜh ʙb ɢg ɾr ҽe Ɩl ɭl ꓲi ꓮa ꓐb ꓚc ꓓd ꓰe ꓖg ꓧh ꓙj ꓗk ꓡl ꓟm ꓠn ꓳo ꓑp ꓣr ꓢs ꓔt ꓴu
ꓦv ꓪw ꓫx ꓬy ꓜz
`)

// pairs reads words of two characters: one, and the ASCII letter for it.
func pairs(text string) map[rune]byte {
	m := map[rune]byte{}
	for word := range strings.FieldsSeq(text) {
		r := []rune(word)
		m[r[0]] = word[len(word)-1]
	}
	return m
}

// spellings are letters that names are transliterated with otherwise than the
// general transliteration does: Arabic ones that stand for vowels, where it
// keeps consonants alone, and the Greek Y.
var spellings = map[rune]string{
	'ا': "a", 'أ': "a", 'إ': "i", 'آ': "a", 'ى': "a", 'ة': "a", 'و': "u", 'ؤ': "u", 'ي': "i", 'ئ': "i", 'ی': "i",
	'υ': "y", 'ύ': "y", 'Υ': "y", 'Ύ': "y",
	'ش': "sh", 'ج': "j", 'خ': "kh", 'غ': "gh", 'ث': "th", 'ذ': "dh", 'ع': "a", 'ک': "k", 'گ': "g", 'پ': "p", 'چ': "ch", 'ژ': "zh", 'ڤ': "v", 'ء': "",
}
