// The tree of systems a company begins with. Data from the first change on; the ids are the same before and after it is written.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Category, FieldSpec, Standards } from '../contract.ts'

type FieldIn = readonly [field_id: string, name: string, kind: FieldSpec['kind'], more?: string | readonly string[]]
type Leaf = readonly [code: string, name: string, fields: readonly FieldIn[], standards?: Partial<Standards>, life_years?: number]
const KW: FieldIn = ['power', '额定功率', 'number', 'kW']
const FLOW: FieldIn = ['flow', '额定流量', 'number', 'm³/h']
const HEAD: FieldIn = ['head', '扬程', 'number', 'm']
const VOLUME: FieldIn = ['volume', '有效容积', 'number', 'm³']
const LIFT: readonly FieldIn[] = [['load', '额定载重', 'number', 'kg'], ['floors', '层站', 'text'], ['speed', '额定速度', 'number', 'm/s'], ['register_no', '使用登记证编号', 'text'], ['device_code', '设备代码', 'text'], ['keeper_firm', '维保单位', 'text'], ['rescue_phone', '应急救援电话', 'text']]
const LIFT_STANDARDS = { install: 'GB/T 7588.1-2020 电梯制造与安装安全规范', repair: 'TSG T5002-2017 电梯维护保养规则:至少每 15 日一次', replace: 'GB/T 31821-2015 电梯主要部件报废技术条件' }
const POWER_STANDARDS = { repair: 'DL/T 596-2021 电力设备预防性试验规程' }
const WATER_STANDARDS = { install: 'GB 17051-1997 二次供水设施卫生规范', repair: 'GB 5749-2022 生活饮用水卫生标准' }
const FIRE_STANDARDS = { install: 'GB 50974-2014 消防给水及消火栓系统技术规范', repair: 'GB 25201-2010 建筑消防设施的维护管理' }
/** EQ-01: systems and kinds as they stand in the books of estates; years are customary design lives and may be changed. */
const SHIPPED: readonly (readonly [code: string, name: string, leaves: readonly Leaf[]])[] = [
  ['GPD', '供配电', [['BYQ', '变压器', [['capacity', '额定容量', 'number', 'kVA'], ['voltage', '电压等级', 'text']], POWER_STANDARDS, 20], ['GYG', '高压开关柜', [['voltage', '额定电压', 'number', 'kV'], ['current', '额定电流', 'number', 'A']], POWER_STANDARDS, 20], ['DYG', '低压配电柜', [['current', '额定电流', 'number', 'A']], POWER_STANDARDS, 20], ['FDJ', '柴油发电机', [KW, ['tank', '油箱容积', 'number', 'L']], {}, 15], ['PDX', '配电箱', [['current', '额定电流', 'number', 'A']], {}, 15]]],
  ['GPS', '给排水', [['SHB', '生活水泵', [KW, FLOW, HEAD], WATER_STANDARDS, 10], ['BPG', '变频供水设备', [KW, FLOW, ['pressure', '设定压力', 'number', 'MPa']], WATER_STANDARDS, 12], ['SHX', '生活水箱', [VOLUME, ['material', '材质', 'choice', ['不锈钢', '玻璃钢', '混凝土', '搪瓷']]], WATER_STANDARDS, 20], ['PWB', '排污泵', [KW, FLOW, HEAD], {}, 8], ['JSK', '集水坑', [VOLUME]]]],
  ['XFS', '消防', [['XFB', '消防水泵', [KW, FLOW, HEAD], FIRE_STANDARDS, 15], ['XFC', '消防水池水箱', [VOLUME], FIRE_STANDARDS, 25], ['HBZ', '火灾报警控制器', [['loops', '回路数', 'number'], ['points', '点位数', 'number']], { repair: 'GB 25201-2010 建筑消防设施的维护管理' }, 12], ['XHS', '消火栓系统', [], FIRE_STANDARDS], ['PLX', '自动喷淋系统', [], FIRE_STANDARDS], ['PYF', '防排烟风机', [KW, ['air', '风量', 'number', 'm³/h']], FIRE_STANDARDS, 15], ['MHQ', '灭火器', [['agent', '类型', 'choice', ['干粉', '水基', '二氧化碳', '洁净气体']], ['weight', '规格', 'text']], { repair: 'GB 50444-2008 建筑灭火器配置验收及检查规范', replace: 'XF 95-2015 灭火器维修' }, 10]]],
  ['DTX', '电梯', [['KTT', '乘客电梯', LIFT, LIFT_STANDARDS, 15], ['HTT', '载货电梯', LIFT, LIFT_STANDARDS, 15], ['FTT', '自动扶梯', LIFT.filter((f) => f[0] !== 'floors'), { repair: 'TSG T5002-2017 电梯维护保养规则' }, 15]]],
  ['NTX', '暖通空调', [['GLU', '锅炉', [['capacity', '额定热功率', 'number', 'MW'], ['pressure', '额定压力', 'number', 'MPa'], ['fuel', '燃料', 'choice', ['天然气', '电', '油', '生物质']], ['register_no', '使用登记证编号', 'text']], { install: 'TSG 11-2020 锅炉安全技术规程', repair: 'TSG 11-2020 锅炉安全技术规程' }, 15], ['HRZ', '换热机组', [['capacity', '换热量', 'number', 'kW'], KW], {}, 15], ['XHB', '循环水泵', [KW, FLOW, HEAD], {}, 10], ['KTJ', '空调机组', [KW, ['cooling', '制冷量', 'number', 'kW']], {}, 15]]],
  ['RDX', '弱电', [['SXJ', '视频监控', [['channels', '路数', 'number'], ['keep_days', '录像保存天数', 'number', '天']], {}, 8], ['MJX', '门禁道闸', [], {}, 8], ['DJX', '楼宇对讲', [], {}, 10], ['ZJB', '周界报警', [], {}, 8]]],
  ['FLX', '防雷接地', [['FLZ', '防雷接地装置', [['resistance', '接地电阻限值', 'number', 'Ω']], { repair: 'GB/T 21431-2023 雷电防护装置检测技术规范' }]]],
  ['YLX', '压力容器', [['WYG', '稳压罐气压罐', [VOLUME, ['pressure', '设计压力', 'number', 'MPa'], ['register_no', '使用登记证编号', 'text']], { repair: 'TSG 21-2016 固定式压力容器安全技术监察规程' }, 20], ['AQF', '安全阀', [['pressure', '整定压力', 'number', 'MPa']], { repair: 'TSG ZF001-2006 安全阀安全技术监察规程' }, 5]]],
]
const NONE: Standards = { install: null, repair: null, replace: null }
const fieldOf = ([field_id, name, kind, more]: FieldIn): FieldSpec => ({ field_id, name, kind, unit: typeof more === 'string' ? more : null, choices: Array.isArray(more) ? [...more as string[]] : [] })
export const categoryIdOf = (company_id: number, code: string): string => uuidOf('equipment.category', company_id, code)

type Shipped = Omit<Category, 'device_count'>
export function shippedCategories(company_id: number): Shipped[] {
  return SHIPPED.flatMap(([code, name, leaves], g): Shipped[] => [
    { category_id: categoryIdOf(company_id, code), parent_id: null, code, name, sort_no: (g + 1) * 100, fields: [], standards: NONE, life_years: null, retired: false },
    ...leaves.map(([c, n, fields, standards, life_years], i): Shipped => ({ category_id: categoryIdOf(company_id, c), parent_id: categoryIdOf(company_id, code), code: c, name: n, sort_no: (g + 1) * 100 + i + 1, fields: fields.map(fieldOf), standards: { ...NONE, ...standards }, life_years: life_years ?? null, retired: false })),
  ])
}
const CATEGORIES_MAX = 500
export async function categoriesOf(scope: Scope): Promise<Shipped[]> {
  const { rows } = await sql<Shipped>`select category_id, parent_id, code, name, sort_no, fields, standards, life_years, retired_at is not null as retired from equipment.category where company_id = ${scope.company_id} order by sort_no, name limit ${CATEGORIES_MAX}`.execute(scope.db)
  return rows.length ? rows.map((r) => ({ ...r, standards: { ...NONE, ...r.standards } })) : shippedCategories(scope.company_id)
}
/** Written at the first device or change. */
export async function writeShipped(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql`select 1 from equipment.category where company_id = ${c} limit 1`.execute(scope.db)
  if (rows.length) return
  const list = shippedCategories(c)
  // Systems first: a kind refers to its system.
  for (const roots of [true, false]) await sql`insert into equipment.category (company_id, category_id, parent_id, code, name, sort_no, fields, standards, life_years, changed_by, changed_at)
    select ${c}, x.category_id, x.parent_id, x.code, x.name, x.sort_no, x.fields, x.standards, x.life_years, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list.filter((x) => (x.parent_id === null) === roots))}::jsonb) as x(category_id uuid, parent_id uuid, code text, name text, sort_no int, fields jsonb, standards jsonb, life_years int) on conflict do nothing`.execute(scope.db)
}
