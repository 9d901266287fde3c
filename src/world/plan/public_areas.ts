// Public areas and shared facilities of 花园小区 as S20 counts them, and a few of the other communities.
import { m2, parts } from './areas.ts'
import { SMART_DOORS } from './buildings.ts'
import { dice } from './random.ts'
import type { CommunityKey, PlanPublicArea } from './shapes.ts'

type Rest = Partial<Omit<PlanPublicArea, 'community' | 'category' | 'name'>>
const area = (community: CommunityKey, category: string, name: string, o: Rest = {}): PlanPublicArea => ({ community, category, name, place: null, quantity: '1', unit_name: '处', area_m2: null, species: null, note: null, ...o })
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i + 1))

const TREES = [['樱花', 260, '中心广场与东区主干道'], ['铁杆海棠', 150, '东区宅间'], ['银杏', 180, '景贤路入口与西区主干道'], ['琵琶', 90, '西区宅间'], ['龙爪槐', 120, '广场花园周边']] as const
const BEDS = 24
const GREEN = 1_958_000
const BED_SUM = 468_000
const STRIPS = [['东区宅旁绿地', 823_000], ['西区宅旁绿地', 667_000]] as const
const SHEDS = [['东区 1 号车棚', 160, '3栋西侧'], ['东区 2 号车棚', 150, '9栋北侧'], ['东区 3 号车棚', 150, '16栋东侧'], ['东区 4 号车棚', 140, '22栋南侧'], ['西区 1 号车棚', 160, '27栋西侧'], ['西区 2 号车棚', 150, '33栋北侧'], ['西区 3 号车棚', 150, '40栋东侧']] as const
const BED_NAMES = ['月季花坛', '牡丹花坛', '金叶女贞绿篱', '草坪', '鸢尾花坛', '麦冬草坪']

function garden(): PlanPublicArea[] {
  const d = dice('public areas')
  const beds = parts(BED_SUM, times(BEDS, () => d.int(80, 320)))
  const c = 'garden'
  return [
    ...['东区', '西区'].flatMap((z, i) => [area(c, '配电室', `${z}配电室`, { place: i === 0 ? '6栋北侧' : '30栋北侧' }), area(c, '加压站', `${z}加压站`, { place: i === 0 ? '6栋东侧' : '30栋东侧', note: '二次供水,水箱每半年清洗消毒' })]),
    ...times(15, (n) => area(c, '化粪池', `${n} 号化粪池`, { place: `${[2, 4, 7, 9, 12, 14, 17, 19, 22, 25, 28, 31, 34, 37, 41][n - 1]!}栋旁`, note: '每年清掏' })),
    area(c, '广场', '大型广场花园', { place: '东区中心', area_m2: '400' }),
    ...times(BEDS, (n) => area(c, '花坛草坪', `${n} 号${BED_NAMES[(n - 1) % BED_NAMES.length]!}`, { place: n <= 14 ? '东区' : '西区', area_m2: m2(beds[n - 1]!) })),
    ...STRIPS.map(([name, a]) => area(c, '宅旁绿地', name, { place: name.slice(0, 2), area_m2: m2(a) })),
    ...TREES.map(([species, n, place]) => area(c, '名贵树木', `${species}树`, { place, quantity: String(n), unit_name: '棵', species })),
    area(c, '停车场', '东区停车广场', { place: '东区南门内', quantity: '120', unit_name: '车位', note: '对应楼栋 P1' }),
    area(c, '停车场', '西区停车广场', { place: '西区西门内', quantity: '80', unit_name: '车位', note: '对应楼栋 P2' }),
    ...SHEDS.map(([name, n, place]) => area(c, '自行车棚', name, { place, quantity: String(n), unit_name: '辆' })),
    ...SMART_DOORS.map((no) => area(c, '智能门', `${no}栋智能单元门`, { place: `${no}栋各单元门口`, unit_name: '栋' })),
    area(c, '路灯', '东区路灯', { quantity: '86', unit_name: '盏' }), area(c, '路灯', '西区路灯', { quantity: '64', unit_name: '盏' }),
    area(c, '路灯', '广场灯', { place: '大型广场花园', quantity: '12', unit_name: '盏' }),
    area(c, '消防栓', '东区室外消防栓', { quantity: '18', unit_name: '个' }), area(c, '消防栓', '西区室外消防栓', { quantity: '14', unit_name: '个' }),
    area(c, '监控', '公共区域摄像机', { quantity: '48', unit_name: '台' }),
    area(c, '门岗', '东区南门岗', { place: '景贤路' }), area(c, '门岗', '西区西门岗', { place: '西门' }),
  ]
}
export const GREEN_M2 = m2(GREEN)

const others: PlanPublicArea[] = [
  area('heshun', '配电室', '配电室', { place: '8栋北侧' }), area('heshun', '加压站', '水泵房', { place: '15栋地下' }), area('heshun', '电梯', '客梯', { place: '15、16栋', quantity: '4', unit_name: '部' }),
  area('heshun', '广场', '中心花园', { area_m2: '260' }), area('heshun', '绿地', '集中绿地', { area_m2: '9240' }), area('heshun', '停车场', '地面停车场', { quantity: '64', unit_name: '车位', note: '对应楼栋 P1' }),
  area('heshun', '化粪池', '化粪池', { quantity: '6', unit_name: '个' }), area('heshun', '消防栓', '室外消防栓', { quantity: '9', unit_name: '个' }),
  area('huixin', '绿地', '楼间绿地', { area_m2: '640' }), area('huixin', '自行车棚', '车棚', { quantity: '30', unit_name: '辆' }),
]
export const publicAreas: readonly PlanPublicArea[] = [...garden(), ...others]
