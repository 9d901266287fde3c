// Shapes of products (物模型), devices and what they said. All values of points are numbers; a state is a number with a name.
import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const LINKS = ['mqtt', 'http', 'dlt645_2007', 'dlt645_1997', 'cjt188', 'modbus', 'gb26875', 'fire_printer', 'hj212', 'nbiot', 'bacnet'] as const
/** What is inside the message of an operator's platform. */
export const INNER = ['json', 'cjt188', 'dlt645_2007', 'dlt645_1997'] as const
export type Inner = (typeof INNER)[number]
export const Link = z.enum(LINKS).meta({ zh: '接入方式' })
export type Link = z.output<typeof Link>
export const CATEGORIES = ['environment', 'water', 'power', 'lift', 'light', 'meter', 'hvac', 'fire', 'other'] as const
export const Category = z.enum(CATEGORIES).meta({ zh: '类别' })
export const Key = z.string().regex(/^[a-z][a-z0-9_]{0,29}$/, '代号用小写字母、数字和下划线,以字母开头')
const Num = z.number().min(-1e12).max(1e12)

export const PointSpec = z.object({
  key: Key.meta({ zh: '代号' }), name: Needed(20).meta({ zh: '名称' }),
  /** gauge: goes up and down; counter: only up (meters, hours); state: names for numbers. */
  kind: z.enum(['gauge', 'counter', 'state']).meta({ zh: '类型' }),
  unit: Text(10).meta({ zh: '单位' }), places: z.int().min(0).max(4).meta({ zh: '小数位' }),
  /** Outside these the value is not possible and is not used. */
  low: Num.nullable().meta({ zh: '量程下限' }), high: Num.nullable().meta({ zh: '量程上限' }),
  /** How fast it can go at most, by hour: a faster change is doubted (5(60) A single phase: 13.2 kWh an hour; DN20: 5 m³). */
  max_per_h: Num.nullable().meta({ zh: '每小时最大变化' }),
  labels: z.array(z.object({ value: Num, name: Needed(12), fault: z.boolean() })).max(20).meta({ zh: '取值' }),
  /** Where it is on a bus: a data identifier of a meter, or a register. */
  where: Text(40).nullable().meta({ zh: '数据标识或寄存器' }),
})
export type PointSpec = z.output<typeof PointSpec>
export const SAFETY = ['info', 'comfort', 'access', 'life'] as const
export const Safety = z.enum(SAFETY).meta({ zh: '安全级别' })
export const CommandSpec = z.object({
  key: Key.meta({ zh: '代号' }), name: Needed(20).meta({ zh: '名称' }), safety: Safety,
  arg: z.object({ name: Needed(20), unit: Text(10), low: Num, high: Num, places: z.int().min(0).max(4) }).nullable().meta({ zh: '参数' }),
  ttl_s: z.int().min(2).max(600).meta({ zh: '有效秒数' }),
  /** Doing it twice is doing it once (set 26 ℃), unlike a pulse. Only such a one may be sent again after a lost answer. */
  idempotent: z.boolean().meta({ zh: '可重发' }),
  /** The point that shows that it was done: its value, or the argument. */
  confirm: z.object({ point: Key, equals: Num.nullable(), within_s: z.int().min(1).max(300) }).nullable().meta({ zh: '回读确认' }),
  where: Text(40).nullable().meta({ zh: '寄存器' }), value: Num.nullable().meta({ zh: '写入值' }),
})
export type CommandSpec = z.output<typeof CommandSpec>
export const LEVELS = ['notice', 'minor', 'major', 'critical'] as const
export const Level = z.enum(LEVELS).meta({ zh: '级别' })
export type Level = z.output<typeof Level>
export const EventSpec = z.object({ key: Key.meta({ zh: '代号' }), name: Needed(20).meta({ zh: '名称' }), level: Level })
export const Model = z.object({
  points: z.array(PointSpec).min(1, '至少一个点位').max(60).meta({ zh: '点位' }), commands: z.array(CommandSpec).max(20).meta({ zh: '命令' }), events: z.array(EventSpec).max(40).meta({ zh: '事件' }),
  /** How often it speaks, and after how long a silence it is offline. */
  period_s: z.int().min(1).max(86_400).meta({ zh: '上报周期(秒)' }), offline_after_s: z.int().min(5).max(604_800).meta({ zh: '离线判定(秒)' }),
  /** What a device behind an operator's platform puts into its message. */
  inner: z.enum(INNER).optional().meta({ zh: '内容格式' }),
})
export type Model = z.output<typeof Model>

export const ProductRow = z.object({ product_id: Id, code: z.string().meta({ zh: '代码' }), name: z.string().meta({ zh: '产品' }), category: Category, link: Link, version_no: z.int().meta({ zh: '版本' }), point_count: z.int().meta({ zh: '点位' }), command_count: z.int().meta({ zh: '命令' }), device_count: z.int().meta({ zh: '设备数' }), period_s: z.int().meta({ zh: '上报周期(秒)' }), offline_after_s: z.int().meta({ zh: '离线判定(秒)' }), retired: z.boolean() })
export type ProductRow = z.output<typeof ProductRow>

/** What people see: unknown is not offline — after a start nobody has listened long enough to say. */
export const STATES = ['running', 'fault', 'offline', 'unknown', 'maintenance'] as const
export const State = z.enum(STATES).meta({ zh: '状态' })
export type State = z.output<typeof State>
export const Quality = z.enum(['good', 'uncertain', 'bad', 'substituted']).meta({ zh: '质量' })
export const Shown = z.object({ point: z.string(), name: z.string().meta({ zh: '点位' }), kind: PointSpec.shape.kind, v: z.number().nullable().meta({ zh: '值' }), text: z.string().meta({ zh: '当前值' }), unit: z.string(), at: Instant.nullable().meta({ zh: '时间' }), q: Quality.nullable(), fault: z.boolean() })
export type Shown = z.output<typeof Shown>
export const DeviceRow = z.object({
  device_id: Id, no: z.string().meta({ zh: '设备编号' }), name: z.string().meta({ zh: '名称' }), product_name: z.string().meta({ zh: '产品' }), category: Category, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_name: z.string().nullable().meta({ zh: '楼栋' }), place: z.string().meta({ zh: '安装位置' }),
  state: State, state_at: Instant.nullable().meta({ zh: '状态自' }), heard_at: Instant.nullable().meta({ zh: '最近上报' }), values: z.array(Shown).meta({ zh: '当前值' }),
})
export type DeviceRow = z.output<typeof DeviceRow>
export const Device = DeviceRow.extend({
  product_id: Id, building_id: Id.nullable(), link: Link, address: z.string().nullable().meta({ zh: '地址' }), bus_id: Id.nullable(), bus_name: z.string().nullable().meta({ zh: '总线' }), gateway_id: Id.nullable(), gateway_name: z.string().nullable().meta({ zh: '所属网关' }), broker_id: Id.nullable(), broker_name: z.string().nullable().meta({ zh: '外部 MQTT' }),
  equipment_id: Id.nullable(), equipment_name: z.string().nullable().meta({ zh: '设备台账' }), meter_id: Id.nullable(), meter_no: z.string().nullable().meta({ zh: '对应表计' }),
  has_secret: z.boolean(), life: z.enum(['active', 'maintenance', 'retired']).meta({ zh: '生命周期' }), life_reason: z.string().nullable(), life_at: Instant, settled_at: Instant.nullable(), refused_at: Instant.nullable().meta({ zh: '最近拒收' }), refused_why: z.string().nullable().meta({ zh: '拒收原因' }), note: z.string().nullable().meta({ zh: '备注' }), model: Model, /** Of meters that are switched by a password: its own, that of its bus. */ credential_at: Instant.nullable().meta({ zh: '操作口令' }), bus_credential_at: Instant.nullable(),
  /** Where it reports to, as configured for this installation. */
  mqtt_address: z.string().nullable(), mqtts_address: z.string().nullable(), http_address: z.string().nullable(), https_address: z.string().nullable(), tcp_address: z.string().nullable(), can: Can('write', 'maintain', 'resume', 'retire'),
})
export type Device = z.output<typeof Device>
export const DeviceFields = {
  community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().meta({ zh: '楼栋' }), place: Needed(60).meta({ zh: '安装位置' }), product_id: Id.meta({ zh: '产品' }), no: Needed(30).meta({ zh: '设备编号' }), name: Needed(40).meta({ zh: '名称' }),
  address: Text(40).nullable().meta({ zh: '地址或表号' }), bus_id: Id.nullable().meta({ zh: '总线' }), gateway_id: Id.nullable().meta({ zh: '所属网关' }), broker_id: Id.nullable().optional().meta({ zh: '经外部 MQTT 服务器' }), equipment_id: Id.nullable().meta({ zh: '设备台账' }), meter_id: Id.nullable().meta({ zh: '对应表计' }), note: Text(200).nullable().meta({ zh: '备注' }),
}
export const SampleRow = z.object({ point: z.string(), name: z.string().meta({ zh: '点位' }), at: Instant.meta({ zh: '时间' }), text: z.string().meta({ zh: '值' }), q: Quality, why: z.string().nullable().meta({ zh: '说明' }), src: z.enum(['live', 'replay', 'manual']).meta({ zh: '来源' }), received_at: Instant.meta({ zh: '收到' }) })
export type SampleRow = z.output<typeof SampleRow>
export const EventRow = z.object({ key: z.string(), at: Instant.meta({ zh: '时间' }), kind: z.string(), name: z.string().meta({ zh: '事件' }), level: Level.nullable(), detail: z.string().meta({ zh: '内容' }), src: z.enum(['live', 'replay', 'undated']).meta({ zh: '来源' }), received_at: Instant.meta({ zh: '收到' }) })
export const HISTORY_DAYS_MAX = 3700
export const History = z.object({ from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含)' }) })
/** One line a point. `low` and `high` are the extremes in each step. */
export const Line = z.object({ point: z.string(), name: z.string(), unit: z.string(), kind: PointSpec.shape.kind, at: z.array(Instant), v: z.array(z.number()), low: z.array(z.number()), high: z.array(z.number()) })

/** How long what was measured is kept. */
export const Retention = z.object({ raw_days: z.int().min(14, '原始值至少保留 14 天').max(1100).meta({ zh: '原始值保留天数' }), quarter_months: z.int().min(2).max(120).meta({ zh: '每 15 分钟汇总保留月数' }), day_years: z.int().min(2).max(30).meta({ zh: '每天汇总保留年数' }) })
export type Retention = z.output<typeof Retention>
export const RETENTION_DEFAULTS: Retention = { raw_days: 90, quarter_months: 24, day_years: 10 }
export const RetentionNow = Retention.extend({ from_on: Day.nullable(), raw_from: Day, quarter_from: Day, day_from: Day })

export const COMPARED_MAX = 6
/** Lines beside each other: devices, or the devices of a place together; and each against the time before, or a year before. */
export const CompareAsk = z.object({
  product_id: Id.meta({ zh: '产品' }), point: Text(30).meta({ zh: '点位' }), community_id: Id.optional(), by: z.enum(['device', 'building', 'community']).meta({ zh: '对比' }),
  ids: z.array(Id).min(1, '至少选一个').max(COMPARED_MAX, `最多 ${COMPARED_MAX} 个`).meta({ zh: '对象' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含)' }), against: z.enum(['none', 'before', 'last_year']).default('none').meta({ zh: '同比环比' }),
})
export type CompareAsk = z.output<typeof CompareAsk>
export const ComparedLine = z.object({ id: Id, name: z.string().meta({ zh: '对象' }), then: z.boolean(), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含)' }), device_count: z.int().meta({ zh: '台数' }), v: z.array(z.number().nullable()), sum: z.number().nullable().meta({ zh: '合计' }), mean: z.number().nullable().meta({ zh: '平均' }), low: z.number().nullable().meta({ zh: '最低' }), high: z.number().nullable().meta({ zh: '最高' }), change_percent: z.number().nullable().meta({ zh: '增减' }) })
export type ComparedLine = z.output<typeof ComparedLine>
export const Compared = z.object({ step: z.enum(['quarter', 'hour', 'day']), kind: z.enum(['gauge', 'counter']), unit: z.string(), places: z.int(), x: z.array(z.string()), lines: z.array(ComparedLine) })
export type Compared = z.output<typeof Compared>
