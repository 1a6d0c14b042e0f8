package screen

import (
	"fmt"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/identifier"
)

// Field is what a column of a table, or a key of an object, says of a line.
type Field string

// The fields, beside those of identifiers, which are called as their schemes are.
const (
	FieldID           Field = "id" // of debadge
	FieldProduct      Field = "product"
	FieldDescription  Field = "description"
	FieldItem         Field = "item" // a shop's own number; asked about where nothing else names the product
	FieldBrand        Field = "brand"
	FieldManufacturer Field = "manufacturer"
	FieldSupplier     Field = "supplier"
)

// fieldNames are the names of columns by which a field is found, the surest
// first, as graph.NameKey has them: without spaces and punctuation, in lower case.
// English stands first, then German, French, Spanish, Italian, Portuguese,
// Dutch, Polish and Russian, Chinese, Japanese, Korean.
var fieldNames = map[Field][]string{
	FieldID: {"debadgeid", "debadgeentity", "entityid", "subject"},
	FieldProduct: {
		"model", "modelnumber", "modelno", "modelname", "productmodel", "product", "productname", "article", "articlename", "item", "itemname",
		"modell", "modellnummer", "modellbezeichnung", "typ", "typenbezeichnung", "produkt", "produktname", "artikel", "artikelname", "gerät",
		"modèle", "modele", "produit", "modelo", "producto", "artículo", "articulo", "modello", "prodotto", "articolo", "produto", "artigo", //nolint:misspell // Spanish
		"modelnaam", "produktnamn", "modelu", "towar", "модель", "изделие", "товар", "продукт",
		"型号", "型號", "产品型号", "規格型號", "规格型号", "产品", "產品", "产品名称", "產品名稱", "商品", "商品名称", "商品名稱", "品名",
		"型番", "型式", "機種", "製品", "製品名", "商品名", "모델", "모델명", "제품", "제품명", "품명",
	},
	FieldDescription: {
		"description", "productdescription", "itemdescription", "articledescription", "details", "text",
		"bezeichnung", "artikelbezeichnung", "produktbezeichnung", "beschreibung", "artikelbeschreibung", "produktbeschreibung", "positionstext",
		"désignation", "designation", "libellé", "libelle", "descripción", "descripcion", "descrizione", "descrição", "descricao", //nolint:misspell // Spanish
		"omschrijving", "opis", "nazwa", "наименование", "описание", "номенклатура",
		"描述", "产品描述", "產品描述", "说明", "說明", "規格", "规格", "説明", "品目", "摘要", "설명", "품목", "규격",
	},
	FieldItem: {
		"itemnumber", "itemno", "articlenumber", "articleno", "productnumber", "productcode", "sku", "materialnumber", "material",
		"artikelnummer", "artikelnr", "artnr", "produktnummer", "materialnummer", "référence", "reference", "codearticle", "código", "codigo", "codice",
		"codicearticolo", "artikelcode", "indeks", "артикул", "код", "货号", "貨號", "物料编码", "物料編碼", "物料编号", "品番", "商品コード", "품번", "자재코드",
	},
	FieldBrand: {
		"brand", "brandname", "make", "label", "marke", "markenname", "fabrikat", "marque", "marca", "merk", "merknaam", "märke", "varumärke", "marka",
		"марка", "бренд", "品牌", "品牌名称", "牌子", "ブランド", "ブランド名", "브랜드", "상표",
	},
	FieldManufacturer: {
		"manufacturer", "manufacturername", "maker", "mfr", "mfg", "mfrname", "oem", "producer", "madeby",
		"hersteller", "herstellername", "produzent", "fabricant", "constructeur", "fabricante", "produttore", "costruttore", "fabrikant",
		"tillverkare", "producent", "výrobce", "gyártó", "üretici", "производитель", "изготовитель",
		"制造商", "製造商", "生产商", "生產商", "生产厂家", "制造厂商", "厂商", "廠商", "厂家", "メーカー", "メーカー名", "製造元", "製造者", "製造会社",
		"제조사", "제조업체", "제조원",
	},
	FieldSupplier: {
		"supplier", "suppliername", "vendor", "vendorname", "seller", "reseller", "distributor", "dealer",
		"lieferant", "lieferantenname", "anbieter", "händler", "verkäufer", "kreditor", "fournisseur", "vendeur", "distributeur",
		"proveedor", "vendedor", "fornitore", "venditore", "fornecedor", "leverancier", "verkoper", "leverantör", "dostawca", "sprzedawca", "dodavatel",
		"tedarikçi", "поставщик", "продавец", "供应商", "供應商", "供应商名称", "供應商名稱", "卖方", "賣方", "供货商", "仕入先", "仕入先名", "サプライヤー", "供給元", "納入業者",
		"공급업체", "공급사", "공급자", "판매자",
	},
	Field(identifier.MPN): {
		"mpn", "manufacturerpartnumber", "manufacturerpartno", "mfrpartnumber", "mfrpartno", "mfgpartnumber", "mfgpartno", "mfrpn", "mfgpn", "oempartnumber",
		"partnumber", "partno", "pn", "herstellernummer", "herstellerteilenummer", "herstellerartikelnummer", "herstellernr", "teilenummer",
		"référencefabricant", "referencefabricant", "referenciadelfabricante", "referenciafabricante", "codiceproduttore", "partnummer",
		"numerproducenta", "numerczęści", "партномер", "номердетали", "制造商料号", "制造商零件编号", "製造商料號", "料号", "料號", "零件号", "零件編號",
		"メーカー型番", "メーカー品番", "部品番号", "제조사부품번호", "부품번호",
	},
	Field(identifier.GTIN):  {"gtin", "gtin14", "gtin13", "gtin8", "ean", "ean13", "eancode", "barcode", "strichcode", "codebarres", "códigodebarras", "штрихкод", "条码", "條碼", "商品条码", "janコード", "jan", "바코드"},
	Field(identifier.UPC):   {"upc", "upca", "upccode", "gtin12"},
	Field(identifier.FCCID): {"fccid", "fccidentifier", "fccidentification"},
	Field(identifier.LEI):   {"lei", "leicode"},
	Field(identifier.USCC):  {"uscc", "unifiedsocialcreditcode", "统一社会信用代码"},
	Field(identifier.DUNS):  {"duns", "dunsnumber", "dunsno"},
	Field(identifier.CAGE):  {"cage", "cagecode"},
	Field(identifier.UEI):   {"uei", "ueisam"},
}

// Fields returns all fields in a fixed order.
func Fields() []Field {
	all := []Field{FieldID, FieldProduct, FieldDescription, FieldItem, FieldBrand, FieldManufacturer, FieldSupplier}
	for _, s := range identifier.Schemes() {
		if s != identifier.FCCGrantee {
			all = append(all, Field(s))
		}
	}
	return all
}

// Mapping names columns by hand.
type Mapping map[Field]string

// ParseMapping reads FIELD=COLUMN pairs, several in one text behind commas.
func ParseMapping(texts []string) (Mapping, error) {
	m := Mapping{}
	for _, text := range texts {
		for pair := range strings.SplitSeq(text, ",") {
			name, column, ok := strings.Cut(pair, "=")
			field := Field(strings.ToLower(strings.TrimSpace(name)))
			column = strings.TrimSpace(column)
			switch {
			case !ok || column == "":
				return nil, graph.Errorf(graph.KindInvalid, "%q is no mapping; write FIELD=COLUMN, such as product=Artikel", pair)
			case !slices.Contains(Fields(), field):
				return nil, graph.Errorf(graph.KindInvalid, "%q is not a field; use one of %s", name, fieldList())
			case m[field] != "":
				return nil, graph.Errorf(graph.KindInvalid, "the field %s is mapped twice: to %q and to %q", field, m[field], column)
			}
			m[field] = column
		}
	}
	return m, nil
}

func fieldList() string {
	names := make([]string, 0, len(fieldNames))
	for _, f := range Fields() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// slot is a column, or key, that a field is read from.
type slot struct {
	field Field
	at    int
}

// layout says which columns say what.
type layout []slot

// layoutOf finds the fields in the names of columns. A column that a person
// mapped is taken; the others by their names, a field by every column that has
// one of its names, in the order of the names.
func layoutOf(columns []string, m Mapping) (layout, error) {
	keys := make([]string, len(columns))
	for i, c := range columns {
		keys[i] = graph.NameKey(c)
	}
	var l layout
	for _, field := range Fields() {
		if name, ok := m[field]; ok {
			at := columnNamed(columns, keys, name)
			if at < 0 {
				return nil, graph.Errorf(graph.KindInvalid, "there is no column %q for the field %s; the columns are %s", name, field, quoted(columns))
			}
			l = append(l, slot{field, at})
			continue
		}
		for _, name := range fieldNames[field] {
			for at, key := range keys {
				if key == name && !m.uses(columns[at]) {
					l = append(l, slot{field, at})
				}
			}
		}
	}
	if !l.names() {
		return nil, graph.Errorf(graph.KindInvalid, "no column is known to name a product or a company; the columns are %s; name one with --map, such as --map %s",
			quoted(columns), mapExample(columns))
	}
	return l, nil
}

func columnNamed(columns, keys []string, name string) int {
	if at := slices.Index(columns, name); at >= 0 {
		return at
	}
	return slices.Index(keys, graph.NameKey(name))
}

func (m Mapping) uses(column string) bool {
	for _, name := range m {
		if name == column || graph.NameKey(name) == graph.NameKey(column) {
			return true
		}
	}
	return false
}

// names reports whether anything in the layout names what can be asked about.
func (l layout) names() bool { return len(l) > 0 }

// maxQuoted bounds the columns that a message names.
const maxQuoted = 20

func quoted(columns []string) string {
	var b strings.Builder
	for i, c := range columns[:min(len(columns), maxQuoted)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.60q", c)
	}
	if len(columns) > maxQuoted {
		fmt.Fprintf(&b, " and %d more", len(columns)-maxQuoted)
	}
	return b.String()
}

func mapExample(columns []string) string {
	for _, c := range columns {
		if c != "" && !strings.ContainsAny(c, ",= \t\n'\"") {
			return "product=" + c
		}
	}
	return "product=COLUMN"
}

// input reads what a row says.
func (l layout) input(cells []string) Input {
	var in Input
	item := ""
	for _, s := range l {
		if s.at >= len(cells) {
			continue
		}
		if text := strings.TrimSpace(cells[s.at]); text != "" {
			in.set(s.field, text, &item)
		}
	}
	if item != "" && !in.namesProduct() {
		in.Product = item
	}
	return in
}

// set takes a field. The first column of several that name one counts, but for
// texts of the product, which are all asked in their order.
func (in *Input) set(field Field, text string, item *string) {
	first := func(to *string) {
		if *to == "" {
			*to = text
		}
	}
	switch field {
	case FieldID:
		first(&in.ID)
	case FieldProduct, FieldDescription:
		if in.Product == "" {
			in.Product = text
		} else if in.Product != text && !slices.Contains(in.Also, text) {
			in.Also = append(in.Also, text)
		}
	case FieldItem:
		first(item)
	case FieldBrand:
		first(&in.Brand)
	case FieldManufacturer:
		first(&in.Manufacturer)
	case FieldSupplier:
		first(&in.Supplier)
	default:
		id := identifier.Identifier{Scheme: identifier.Scheme(field), Value: text}
		if id.Scheme.Kind() == identifier.Company {
			in.CompanyIDs = append(in.CompanyIDs, id)
		} else {
			in.Identifiers = append(in.Identifiers, id)
		}
	}
}
