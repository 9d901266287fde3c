import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { busCalls } from './contract_bus.ts'
import { channelCalls } from './contract_channel.ts'
import { energyCalls } from './contract_energy.ts'
import { envCalls } from './contract_env.ts'
import { feedCalls } from './contract_feed.ts'
import { fireCalls } from './contract_fire.ts'
import { ruleCalls } from './contract_rule.ts'
import { sceneCalls } from './contract_scene.ts'
import { waterCalls } from './contract_water.ts'
import { Category, CompareAsk, Compared, Device, DeviceFields, DeviceRow, EventRow, History, Line, Link, Model, ProductRow, Retention, RetentionNow, SampleRow, State } from './shapes.ts'

export * from './shapes.ts'
export * from './shapes_bus.ts'
export * from './shapes_rule.ts'
export * from './shapes_scene.ts'
export * from './shapes_fire.ts'
export * from './shapes_water.ts'
export * from './shapes_energy.ts'
export type { EnvRow, EnvValue } from './contract_env.ts'
export type { BrokerRow, OperatorRow, TlsState } from './contract_channel.ts'
export type { FeedRow } from './contract_feed.ts'
export type { RemoteFilter } from './contract_bus.ts'
export type { AlarmFilter } from './contract_rule.ts'
/** Rows of one point that are recorded at once. */
export const RECORD_MAX = 1000
const READ = 'iot.device.read'
const WRITE = 'iot.device.write'
export const DeviceFilter = z.object({ q: Text(40).optional(), community_id: Id.optional(), building_id: Id.optional(), product_id: Id.optional(), bus_id: Id.optional(), category: Category.optional(), state: State.optional(), retired: z.boolean().optional().meta({ zh: '含停用' }) })
export type DeviceFilter = z.output<typeof DeviceFilter>
const One = Repeatable.extend({ device_id: Id })
const OneDay = z.object({ device_id: Id, point: Text(30).optional().meta({ zh: '点位' }), on_day: Day.meta({ zh: '日期' }) })

const deviceCalls = {
  products: read({ zh: '产品模型', may: READ, takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(ProductRow), ready_count: z.int() }) }),
  product: read({ zh: '产品模型详情', may: READ, takes: z.object({ product_id: Id }), gives: ProductRow.extend({ model: Model }) }),
  saveProduct: write({
    zh: '保存产品模型', may: 'iot.product.write',
    takes: Repeatable.extend({ product_id: Id.optional(), code: z.string().trim().regex(/^[a-z][a-z0-9_]{1,29}$/, '小写字母、数字和下划线,以字母开头').meta({ zh: '代码' }), name: Needed(30).meta({ zh: '名称' }), category: Category, link: Link, model: Model.meta({ zh: '模型' }) }),
    gives: z.object({ product_id: Id, version_no: z.int() }), refuses: ['iot.name_taken', 'iot.model_wrong', 'iot.point_used', 'iot.link_fixed'],
  }),
  loadProducts: write({ zh: '载入现成产品', may: 'iot.product.write', takes: Repeatable, gives: z.object({ added_count: z.int() }) }),
  retireProduct: write({ zh: '停用产品', may: 'iot.product.write', takes: Repeatable.extend({ product_id: Id, retired: z.boolean() }), gives: z.object({ product_id: Id }), refuses: ['iot.product_used'] }),
  devices: read({ zh: '设备监控', may: READ, takes: Paging.extend({ ...DeviceFilter.shape, device_ids: z.array(Id).max(200).optional() }), gives: pageOf(DeviceRow).extend({ counts: z.record(State, z.int()), gateway_heard_at: z.string().nullable() }) }),
  devicesExcel: download({ zh: '导出设备监控', may: READ, takes: DeviceFilter, refuses: ['iot.too_many_rows'] }),
  device: read({ zh: '智能设备', may: READ, takes: z.object({ device_id: Id }), gives: Device }),
  saveDevice: write({
    zh: '保存智能设备', may: WRITE,
    takes: Repeatable.extend({ device_id: Id.optional(), ...DeviceFields, secret: z.string().min(16, '至少 16 位').max(64).optional().meta({ zh: '出厂口令' }) }),
    /** The secret is shown once; only its digest is kept. */
    gives: z.object({ device_id: Id, secret: z.string().nullable() }), refuses: ['iot.no_taken', 'iot.elsewhere', 'iot.product_gone', 'iot.address_missing', 'iot.address_wrong', 'iot.address_taken', 'iot.meter_taken', 'iot.link_differs', 'iot.printer_address'],
  }),
  renewSecret: write({ zh: '重置接入口令', may: WRITE, takes: One, gives: z.object({ device_id: Id, secret: z.string() }), refuses: ['iot.no_secret_here'] }),
  setLife: write({ zh: '变更智能设备状态', may: WRITE, takes: One.extend({ life: z.enum(['active', 'maintenance', 'retired']).meta({ zh: '变更为' }), reason: Reason }), gives: z.object({ device_id: Id }), refuses: ['iot.life_same', 'iot.retired'] }),
  settleCounters: write({ zh: '确认换表或清零', may: WRITE, takes: One.extend({ reason: Reason }), gives: z.object({ device_id: Id }), refuses: ['iot.no_counter'] }),
  /** Values of a time in which nothing was heard: marked as such, in curves and sums, in no reading that is billed. */
  recordSamples: write({
    zh: '补录设备数据', may: WRITE,
    takes: One.extend({ point: Text(30).meta({ zh: '点位' }), reason: Reason, rows: z.array(z.object({ at: z.iso.datetime({ offset: true, error: '时间写成 2026-11-20 08:00' }).max(40).meta({ zh: '时间' }), v: z.number().min(-1e12).max(1e12).meta({ zh: '值' }) })).min(1, '至少一行').max(RECORD_MAX, `一次最多 ${RECORD_MAX} 行`).meta({ zh: '数据' }) }),
    gives: z.object({ stored_count: z.int(), known_count: z.int() }), refuses: ['iot.retired', 'iot.record_point', 'iot.record_wrong'],
  }),
  history: read({ zh: '设备历史曲线', may: READ, takes: History.extend({ device_id: Id, points: z.array(Text(30)).min(1).max(8) }), gives: z.object({ step: z.enum(['raw', 'quarter', 'day']), lines: z.array(Line) }), refuses: ['iot.span_long'] }),
  /** A counter is shown as what ran through in each step, a gauge as its mean. */
  compare: read({ zh: '数据对比', may: READ, takes: CompareAsk, gives: Compared, refuses: ['iot.span_long', 'iot.compare_point', 'iot.elsewhere'] }),
  compareSheet: download({ zh: '导出数据对比', may: READ, takes: CompareAsk, refuses: ['iot.span_long', 'iot.compare_point', 'iot.elsewhere'] }),
  retention: read({ zh: '数据保留', may: READ, takes: z.object({}), gives: RetentionNow }),
  saveRetention: write({ zh: '保存数据保留', may: 'iot.product.write', takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), ...Retention.shape }), gives: z.object({ from_on: Day }), refuses: ['iot.plan_past', 'iot.retention_order'] }),
  samples: read({ zh: '设备原始数据', may: READ, takes: Paging.extend(OneDay.shape), gives: pageOf(SampleRow) }),
  samplesExcel: download({ zh: '导出设备原始数据', may: READ, takes: OneDay, refuses: ['iot.too_many_rows'] }),
  events: read({ zh: '设备事件', may: READ, takes: Paging.extend({ device_id: Id }), gives: pageOf(EventRow) }),
}

export const iot = contract('iot', { ...deviceCalls, ...busCalls, ...ruleCalls, ...sceneCalls, ...fireCalls, ...waterCalls, ...energyCalls, ...feedCalls, ...channelCalls, ...envCalls })
