package resolve

import "strings"

// class says what a word of a company's name is worth when names are compared.
type class byte

const (
	nameWord     class = 'n' // what makes the name its own
	activityWord class = 'a' // what tells the companies of one group apart
	generalWord  class = 'g' // what people leave out
	placeWord    class = 'p'
	legalWord    class = 'l'
	functionWord class = 'f'
)

var roles = map[class]string{
	nameWord: "name", activityWord: "activity", generalWord: "general", placeWord: "place", legalWord: "legal form", functionWord: "function word",
}

// word is a common word with the one that stands for it and its variants.
type word struct {
	class class
	text  string
}

// words are common words of companies' names in Latin letters.
var words = dictionary(map[class]string{
	legalWord: `
		ltd=limited=ltda=ltee=ltd. inc=incorporated=incorporation corp=corporation=corpn co=company=cie=compagnie
		llc llp lp plc gmbh ag kg kgaa ohg se sa spa srl sarl sas sasu sau bv nv oy oyj ab aps asa ks doo dd ad as ooo oao zao ao pao tov pat ojsc cjsc pjsc jsc
		kk=kabushiki yk=yugen kaisha=gaisha pte pty pvt=private bhd sdn pt tbk cv sl slu sc scrl sro zrt kft rt nyrt
		ood eood ead ltdsti anonim sirketi sti tas ind_ltd fze fzco fzc fzllc wll saoc eirl cia mbh eg ev ug unlimited unltd joint stock liability
		gongsi youxian=youhan gufen zeren jusighoesa=jusikhoesa=chusikhoesa obshchestvo ogranichennoi otvetstvennostiu aktsionernoe
		etaireia anonimi anonymi sharika sherkat`,
	generalWord: `
		group=grp=gruppe=groupe=gruppo=grupo=jituan=grup=gruppa technology=technologies=tech=techs=techn=tecnologia=tecnologias=technologie=technologien=keji=jishu=tekhnologii=tekhnologiia=teknoloji=technol
		industry=industries=ind=inds=industria=industrie=chanye=gongye=shiye enterprise=enterprises=ent=qiye
		development=dev=devt=fazhan corporate hitech=hightech`,
	activityWord: `
		industrial=industrielle electronic=electronics=elec=elect=electron=elektronik=electronique=electronica=dianzi=elektronika information=info=informatics=inform=informatik=xinxi=informatsionnye system=systems=sys=syst=systeme=sistemas=sistemy=xitong
		international=intl=int=internat=internacional=guoji=mezhdunarodnaia network=networks=netw=wangluo
		communication=communications=comm=comms=commun=tongxin=kommunikation telecommunication=telecommunications=telecom=telecoms telecommunications=dianxin
		software=sw=ruanjian semiconductor=semiconductors=semi=semicon=bandaoti manufacturing=mfg=manuf=manufacture=zhizao manufacturer=manufacturers=mfr=mfrs
		engineering=eng=engg=engrg=gongcheng electric=elektrik electrical=dianqi digital=shuzi=shuma intelligent=intelligence=zhineng computer=computers=computing=jisuanji data=shuju cloud=yun
		institute=inst=institut=instituto=yanjiusuo=yanjiuyuan research=res=rsch=forschung university=univ=universitat=universite=universidad=daxue laboratory=laboratories=lab=labs
		academy=acad science=sciences=sci=kexue aviation=hangkong aerospace=hangtian aircraft instrument=instruments=instr=yiqi equipment=equip=eqpt=shebei
		machinery=mach=jixie trading=trade=trd=maoyi=torgovyi logistics=logistic=wuliu holding=holdings=hldg=hldgs=konggu investment=investments=invest=inv=touzi management=mgmt=mgt=guanli
		service=services=svc=svcs=svs=fuwu solution=solutions=sol=solns security=sec=anquan surveillance video=videos marine import export=expt
		automation=autom=zidonghua robot=robotics=robots=jiqiren optical=optic=optics optoelectronic=optoelectronics=guangdian photonics=photonic storage memory=memories micro microelectronic=microelectronics=weidianzi circuit=circuits
		precision=prec power=dianli energy=nengyuan=energie=energetika material=materials=mat=cailiao chemical=chemicals=chem=huagong medical=med=yiliao pharmaceutical=pharmaceuticals=pharma=pharm
		department=dept=dep division=div branch=br office bureau=bur ministry=min laser=lasers wireless mobile auto=automobile=automotive=automobiles motor=motors ship shipbuilding shipping=shpg metal=metals=metall steel oil gas petroleum=petrochemical mining
		bank=banks=banque=banco=banca=yinhang insurance=ins finance=financial=fin=jinrong capital=cap fund=funds asset=assets securities construction=constr=const=jianshe design=sheji supply=supplies commerce=commercial=comml consulting=consultants=consultancy
		product=products=prod=prods component=components=comp national=natl=nat=nationale=nacional general=gen state association=assoc=assn foundation=found=fdn center=centre=ctr=zhongxin cooperation=coop cooperative aerial unmanned vision display displays satellite space defense=defence nuclear
		hong=hongkong innovation=innovations innovative media entertainment game=games digitaltechnology supercomputing supercomputer high new key base north=nord south=sud east=est west=ouest central northern southern eastern western`,
	placeWord: `
		china=zhongguo=chinese=kitai=chine=prc beijing=peking shanghai shenzhen=shen_zhen guangzhou=canton hangzhou chengdu nanjing wuhan jinan xian tianjin chongqing suzhou hefei dalian qingdao xiamen fuzhou zhuhai dongguan foshan ningbo wuxi changsha zhengzhou shenyang harbin changchun taiyuan kunming nanchang nanning guiyang lanzhou urumqi shijiazhuang hohhot yinchuan xining haikou lhasa luoyang baoding mianyang
		zhejiang jiangsu guangdong shandong sichuan hubei hunan henan hebei fujian anhui jiangxi shaanxi shanxi liaoning jilin heilongjiang yunnan guizhou gansu qinghai hainan guangxi ningxia xinjiang tibet
		hongkong=hk=xianggang macau=macao taiwan=tw taipei=taibei singapore=sg japan=nippon=nihon tokyo osaka korea seoul
		usa=us=america=american europe=european=eu uk=britain=british germany=deutschland=german france=francaise russia=russian=rossiiskaia=rossiia moscow=moskva=moskovskii iran=iranian tehran india=indian turkey=turkiye istanbul ankara dubai uae emirates canada canadian mexico brazil=brasil brasileira italy=italia spain=espana netherlands nederland holland
		malaysia thailand vietnam indonesia philippines australia pakistan israel poland=polska ukraine belarus minsk petersburg siberia asia pacific africa global=worldwide`,
	functionWord: `of the and for de du des la le les el los las der die das und fur et y e di del della da do dos i in at by to van von den zum zur a an`,
})

// phrases are words that mean something only together.
var phrases = map[string]string{
	"hong kong": "hongkong", "united states": "usa", "united kingdom": "uk", "new york": "newyork", "hi tech": "hitech", "high tech": "hitech",
	"high technology": "hitech", "u s": "usa", "sci tech": "science technology", "shen zhen": "shenzhen", "bei jing": "beijing", "shang hai": "shanghai",
	"da lian": "dalian", "cheng du": "chengdu", "xi an": "xian", "guang zhou": "guangzhou", "hang zhou": "hangzhou", "nan jing": "nanjing",
	"aktien gesellschaft": "ag", "aktiengesellschaft": "ag", "sociedad anonima": "sa", "societe anonyme": "sa", "societa per azioni": "spa",
	"public limited": "plc", "public joint": "joint", "open joint": "joint", "closed joint": "joint",
	"gesellschaft mit beschrankter haftung": "gmbh", "anonim sirketi": "as", "anonymi etaireia": "ae",
	"obshchestvo s ogranichennoi otvetstvennostiu": "ooo", "sendirian berhad": "bhd", "besloten vennootschap": "bv", "naamloze vennootschap": "nv",
	"you xian gong si": "ltd", "gong si": "gongsi", "ji tuan": "jituan", "ke ji": "keji", "ji shu": "jishu", "dian zi": "dianzi", "xin xi": "xinxi",
	"united arab emirates": "uae", "semi conductor": "semiconductor", "e commerce": "ecommerce",
}

// hanWords are common words of companies' names in Chinese and Japanese
// characters, with the class and the word for them.
var hanWords = hanDictionary(map[class]string{
	legalWord:   "有限责任公司=ltd 股份有限公司=ltd 有限公司=ltd 有限会社=yk 株式会社=kk 股份公司=corp 总公司=corp 公司=co 股份=co 有限=ltd 责任=ltd (株)=kk",
	generalWord: "集团=group 科技=technology 技术=technology 产业=industry 工业=industry 实业=industry 企业=enterprise 发展=development 高新=hitech 高科=hitech",
	activityWord: `电子=electronic 信息=information 系统=system 国际=international 网络=network 通信=communication 通讯=communication 电信=telecommunication
		软件=software 半导体=semiconductor 制造=manufacturing 工程=engineering 电气=electrical 电器=electrical 电力=power 数字=digital 数码=digital 智能=intelligent 智慧=intelligent 计算机=computer 数据=data 云计算=cloud
		研究所=institute 研究院=institute 大学=university 科学=science 航空=aviation 航天=aerospace 仪器=instrument 设备=equipment 机械=machinery 贸易=trading 物流=logistics
		控股=holding 投资=investment 管理=management 服务=service 安全=security 自动化=automation 机器人=robot 光学=optical 光电=optoelectronic 存储=memory 微电子=microelectronic 集成电路=circuit
		精密=precision 能源=energy 材料=material 化工=chemical 医疗=medical 银行=bank 金融=finance 资本=capital 建设=construction 设计=design 中心=center 创新=innovation 进出口=trading 海洋=marine 视频=video`,
	placeWord: `中国=china 北京=beijing 上海=shanghai 深圳=shenzhen 广州=guangzhou 杭州=hangzhou 成都=chengdu 南京=nanjing 武汉=wuhan 济南=jinan 西安=xian 天津=tianjin 重庆=chongqing 苏州=suzhou 合肥=hefei 大连=dalian 青岛=qingdao 厦门=xiamen 福州=fuzhou
		珠海=zhuhai 东莞=dongguan 佛山=foshan 宁波=ningbo 无锡=wuxi 长沙=changsha 郑州=zhengzhou 沈阳=shenyang 哈尔滨=harbin 长春=changchun 浙江=zhejiang 江苏=jiangsu 广东=guangdong 山东=shandong 四川=sichuan 湖北=hubei 湖南=hunan 河南=henan 河北=hebei
		福建=fujian 安徽=anhui 江西=jiangxi 陕西=shaanxi 山西=shanxi 辽宁=liaoning 吉林=jilin 云南=yunnan 贵州=guizhou 海南=hainan 广西=guangxi 新疆=xinjiang 香港=hongkong 澳门=macau 台湾=taiwan 台北=taipei 新加坡=singapore 日本=japan 东京=tokyo 省= 市= 美国=usa 欧洲=europe 俄罗斯=russia`,
})

// longestHan is how many characters the longest of hanWords has.
const longestHan = 6

// classes in the order in which they claim a word.
var classes = []class{legalWord, functionWord, placeWord, generalWord, activityWord}

func dictionary(byClass map[class]string) map[string]word {
	m := map[string]word{}
	for _, c := range classes {
		for field := range strings.FieldsSeq(byClass[c]) {
			variants := strings.Split(field, "=")
			for _, v := range variants {
				if _, there := m[v]; !there {
					m[v] = word{c, variants[0]}
				}
			}
		}
	}
	return m
}

func hanDictionary(byClass map[class]string) map[string]word {
	m := map[string]word{}
	for c, text := range byClass {
		for field := range strings.FieldsSeq(text) {
			han, latin, _ := strings.Cut(field, "=")
			m[han] = word{c, latin}
		}
	}
	return m
}

// describing are words beside a model number that say nothing about which
// model it is.
var describing = set(`server servers rack rackmount mount tower blade node nodes storage switch switches router routers gateway firewall camera cameras cam ipcam dvr nvr
	drone drones uav quadcopter radio radios modem phone smartphone tablet laptop notebook workstation monitor display module board card chassis barebone system systems appliance
	unit units pc pcs pce piece pieces ea each set sets lot qty quantity kit bundle combo pack box boxes with w and or for of the a an in on by from to at
	new used refurbished refurb oem original genuine black white grey gray silver model models type typ series art artikel item no nr part pn p n sku ref mpn
	1u 2u 3u 4u 5u 6u 8u 10u 1ru 2ru 4ru u ru inch dual single socket xeon epyc intel amd gb tb ram ddr4 ddr5 ssd hdd nvme sas sata
	usb poe lan wifi wireless outdoor indoor dome bullet turret network ip hd uhd 4mp 5mp 8mp 2mp 4k video security surveillance ai gpu cpu psu power supply
	inc ltd co corp company llc gmbh limited technologies technology brand by made incl including license licence year years warranty edition version product products device devices equipment hardware`)

// variants are words behind a model that make it another one.
var variants = set(`pro plus max ultra mini lite light se air enterprise thermal advanced classic cine multispectral rtk ii iii iv v vi xl x t e s m g g2 g3 mk mark gen generation rev next neo fold flip prime zoom premium standard basic`)

func set(text string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		m[w] = true
	}
	return m
}
