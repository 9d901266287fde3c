// Shapes of the ledger: categories with typed fields, devices, their states, papers, costs, hours.
import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const STATES = ['in_use', 'stopped', 'repair', 'scrapped'] as const
export const State = z.enum(STATES).meta({ zh: '状态' })
export type State = z.output<typeof State>
export const ACTIONS = ['use', 'stop', 'repair', 'scrap'] as const
export type Action = (typeof ACTIONS)[number]

export const FieldSpec = z.object({
  field_id: z.string().regex(/^[a-z][a-z0-9_]{0,23}$/, '代号用小写字母和数字'),
  name: Needed(20).meta({ zh: '参数名' }),
  kind: z.enum(['text', 'number', 'day', 'choice']).meta({ zh: '类型' }),
  unit: Text(12).nullable().meta({ zh: '单位' }),
  choices: z.array(Needed(20)).max(20),
})
export type FieldSpec = z.output<typeof FieldSpec>
export const FIELDS_MAX = 30
export const Standards = z.object({ install: Text(500).nullable().meta({ zh: '安装标准' }), repair: Text(500).nullable().meta({ zh: '维修标准' }), replace: Text(500).nullable().meta({ zh: '更换标准' }) })
export type Standards = z.output<typeof Standards>
export const Category = z.object({
  category_id: Id, parent_id: Id.nullable().meta({ zh: '所属系统' }), code: z.string().meta({ zh: '代码' }), name: z.string().meta({ zh: '分类' }), sort_no: z.int().meta({ zh: '排序' }), fields: z.array(FieldSpec).meta({ zh: '技术参数' }), standards: Standards, life_years: z.int().nullable().meta({ zh: '设计年限' }), retired: z.boolean().meta({ zh: '停用' }), device_count: z.int().meta({ zh: '设备数' }),
})
export type Category = z.output<typeof Category>

export const DeviceRow = z.object({
  equipment_id: Id, no: z.string().meta({ zh: '设备编号' }), name: z.string().meta({ zh: '名称' }), system_name: z.string().meta({ zh: '系统' }), category_name: z.string().meta({ zh: '类别' }), community_name: z.string().meta({ zh: '小区' }), place: z.string().meta({ zh: '安装位置' }), state: State,
  maker: z.string().nullable().meta({ zh: '生产厂家' }), model: z.string().nullable().meta({ zh: '规格型号' }), serial: z.string().nullable().meta({ zh: '出厂编号' }), installed_on: Day.nullable().meta({ zh: '安装日期' }), used_on: Day.nullable().meta({ zh: '投用日期' }), warranty_on: Day.nullable().meta({ zh: '质保到期' }),
  in_warranty: z.boolean().nullable().meta({ zh: '在质保期' }), /** A certificate that it may not run without has run out. */
  must_stop: z.boolean().meta({ zh: '须停用' }), keeper_name: z.string().nullable().meta({ zh: '责任人' }),
})
export type DeviceRow = z.output<typeof DeviceRow>
export const DocumentKind = z.enum(['manual', 'drawing', 'certificate', 'acceptance', 'contract', 'photo', 'other']).meta({ zh: '种类' })
export const Paper = z.object({ document_id: Id, kind: DocumentKind, title: z.string().meta({ zh: '资料' }), file_name: z.string(), added_by_name: z.string().meta({ zh: '上传人' }), added_at: Instant.meta({ zh: '上传时间' }) })
export const CostKind = z.enum(['maintenance', 'inspection', 'overhaul', 'repair', 'labour', 'other']).meta({ zh: '种类' })
export const Cost = z.object({ cost_id: Id, kind: CostKind, on_day: Day.meta({ zh: '日期' }), amount_fen: z.int().meta({ zh: '金额' }), payee: z.string().nullable().meta({ zh: '收款单位' }), note: z.string().nullable().meta({ zh: '说明' }), by_name: z.string().meta({ zh: '登记人' }), at: Instant.meta({ zh: '登记时间' }), undone: z.string().nullable().meta({ zh: '撤销原因' }) })
export const Running = z.object({ running_no: z.int(), read_at: Instant.meta({ zh: '读数时间' }), hours: z.string().meta({ zh: '表上小时数' }), total_hours: z.string().meta({ zh: '累计小时' }), replaced: z.boolean(), by_name: z.string().meta({ zh: '抄表人' }) })
export const StateStep = z.object({ state_no: z.int(), state: State, from_at: Instant.meta({ zh: '起' }), to_at: Instant.nullable().meta({ zh: '止' }), reason: z.string().nullable().meta({ zh: '原因' }), order_id: Id.nullable(), by_name: z.string().meta({ zh: '办理人' }), at: Instant.meta({ zh: '登记时间' }) })

export const Device = DeviceRow.extend({
  community_id: Id, zone_id: Id.nullable(), building_id: Id.nullable(), unit_id: Id.nullable(), area_id: Id.nullable(), category_id: Id, parent_id: Id.nullable(), parent_name: z.string().nullable().meta({ zh: '上级设备' }), code: z.string().meta({ zh: '设备码' }), zone_name: z.string().nullable().meta({ zh: '分区' }), building_name: z.string().nullable().meta({ zh: '楼栋' }), unit_no: z.string().nullable().meta({ zh: '单元' }), area_name: z.string().nullable().meta({ zh: '公共部位' }),
  made_on: Day.nullable().meta({ zh: '出厂日期' }), supplier: z.string().nullable().meta({ zh: '供应商' }), supplier_phone: z.string().nullable().meta({ zh: '供应商电话' }), keeper_id: Id.nullable(), purchase_fen: z.int().nullable().meta({ zh: '购置金额' }), note: z.string().nullable().meta({ zh: '备注' }),
  fields: z.array(FieldSpec), details: z.record(z.string(), z.string()).meta({ zh: '技术参数' }),
  /** Its own, and what is in force: its own before the category's. */
  own_standards: Standards, standards: Standards, life_years: z.int().nullable().meta({ zh: '设计年限' }),
  /** When the design life ends. */
  life_on: Day.nullable().meta({ zh: '年限到期' }),
  states: z.array(StateStep), papers: z.array(Paper), costs: z.array(Cost), cost_fen: z.int().meta({ zh: '登记费用合计' }), running: z.array(Running), total_hours: z.string().nullable().meta({ zh: '累计运行小时' }),
  parts: z.array(z.object({ equipment_id: Id, no: z.string(), name: z.string(), state: State })).meta({ zh: '下级设备' }),
  can: Can(...ACTIONS, 'write', 'run'),
})
export type Device = z.output<typeof Device>
/** What a phone shows of a device. */
export const DeviceCard = Device.pick({ equipment_id: true, no: true, name: true, system_name: true, category_name: true, community_id: true, community_name: true, place: true, state: true, maker: true, model: true, serial: true, used_on: true, warranty_on: true, in_warranty: true, fields: true, details: true, standards: true, total_hours: true, papers: true, supplier: true, supplier_phone: true, keeper_name: true, must_stop: true }).extend({ certs: z.array(z.object({ kind_name: z.string(), valid_to_on: Day.nullable(), days_left: z.int().nullable(), light: z.enum(['missing', 'expired', 'near', 'soon', 'good']) })), state_reason: z.string().nullable(), can: Can('run') })
export type DeviceCard = z.output<typeof DeviceCard>

/** What a phone has with it for the basement: enough to know a label and to report what is broken. The codes themselves are not on it. */
export const Carried = DeviceCard.pick({ equipment_id: true, no: true, name: true, community_id: true, community_name: true, place: true, category_name: true, state: true, must_stop: true }).extend({ code_hash: z.string() })
export type Carried = z.output<typeof Carried>
export const CARRIED_MAX = 1000

export const LABEL_SIZES = ['large', 'medium', 'small'] as const
export const LabelSize = z.enum(LABEL_SIZES).meta({ zh: '标签大小' })
