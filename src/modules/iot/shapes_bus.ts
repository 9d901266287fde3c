// Shapes of buses, of tests on them, and of remote reading.
import { z } from 'zod'
import { Day, Id, Instant, Month, Needed, Text } from '../../kernel/shapes.ts'
import { MeterKind } from '../meters/contract.ts'

export const BUS_PROTOCOLS = ['dlt645_2007', 'dlt645_1997', 'cjt188', 'modbus_tcp', 'modbus_rtu', 'bacnet_ip'] as const
export const BusProtocol = z.enum(BUS_PROTOCOLS).meta({ zh: '协议' })
export type BusProtocol = z.output<typeof BusProtocol>
export const BusSettings = z.object({
  timeout_ms: z.int().min(50).max(20_000).meta({ zh: '应答时限(毫秒)' }), gap_ms: z.int().min(0).max(5000).meta({ zh: '帧间隔(毫秒)' }), retries: z.int().min(0).max(5).meta({ zh: '重试次数' }), preamble: z.int().min(0).max(16).meta({ zh: '前导字节数' }),
  break_after: z.int().min(1).max(20).meta({ zh: '连续失败几次后暂停' }), break_s: z.int().min(1).max(86_400).meta({ zh: '暂停秒数' }), period_s: z.int().min(5).max(86_400).meta({ zh: '轮询周期(秒)' }),
  /** BACnet: devices tell of changes by themselves, and are asked less often. */
  cov: z.boolean().optional().meta({ zh: '订阅变化(COV)' }),
})
export type BusSettings = z.output<typeof BusSettings>
export const BUS_DEFAULTS: BusSettings = { timeout_ms: 1500, gap_ms: 50, retries: 1, preamble: 4, break_after: 3, break_s: 300, period_s: 900 }
export const BAUDS = [1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200] as const
/** A serial port of the machine where the gateway runs. */
export const Serial = z.object({
  path: z.string().trim().regex(/^(\/[A-Za-z0-9._:/+-]{1,150}|COM\d{1,3})$/, '选一个串口').refine((p) => !p.includes('..'), '选一个串口').meta({ zh: '串口' }), baud: z.int().refine((n) => (BAUDS as readonly number[]).includes(n), `波特率为 ${BAUDS.join('、')} 之一`).meta({ zh: '波特率' }),
  data_bits: z.union([z.literal(7), z.literal(8)]).meta({ zh: '数据位' }), parity: z.enum(['none', 'even', 'odd']).meta({ zh: '校验' }), stop_bits: z.union([z.literal(1), z.literal(2)]).meta({ zh: '停止位' }),
})
export type Serial = z.output<typeof Serial>
export const BusRow = z.object({
  bus_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '总线' }), protocol: BusProtocol, host: z.string().nullable().meta({ zh: '主机地址' }), port: z.int().nullable().meta({ zh: '端口' }), serial: Serial.nullable().meta({ zh: '本机串口' }), device_count: z.int().meta({ zh: '设备数' }), silent_count: z.int().meta({ zh: '未应答' }),
  line: z.enum(['open', 'closed', 'stopped', 'unknown']).meta({ zh: '线路' }), line_why: z.string().nullable().meta({ zh: '说明' }), changed_at: Instant.nullable().meta({ zh: '更新' }),
})
export type BusRow = z.output<typeof BusRow>
export const Slave = z.object({ address: z.string().meta({ zh: '地址' }), device_id: Id.nullable(), device_name: z.string().nullable().meta({ zh: '设备' }), asked: z.int().meta({ zh: '问' }), answered: z.int().meta({ zh: '答' }), timeouts: z.int().meta({ zh: '超时' }), bad: z.int().meta({ zh: '错帧' }), refused: z.int().meta({ zh: '拒绝' }), late: z.int().meta({ zh: '迟到' }), rtt_ms: z.int().meta({ zh: '耗时(毫秒)' }), last_ok_at: Instant.nullable().meta({ zh: '最近应答' }), rests_until: Instant.nullable().meta({ zh: '暂停至' }), last_why: z.string().nullable().meta({ zh: '最近失败' }) })
export type Slave = z.output<typeof Slave>
export const Frame = z.object({ at: Instant, way: z.enum(['out', 'in', 'late']), hex: z.string() })
export const BusOne = BusRow.extend({ settings: BusSettings, waiting_count: z.int().meta({ zh: '排队' }), slaves: z.array(Slave), frames: z.array(Frame), /** The last scan. */
  scan_task_id: Id.nullable(), credential_at: Instant.nullable().meta({ zh: '操作口令' }),
  models: z.array(z.object({ product_id: Id, name: z.string().meta({ zh: '产品' }), device_count: z.int().meta({ zh: '设备数' }), own_count: z.int().meta({ zh: '另有口令' }), points: z.array(z.object({ name: z.string(), where: z.string().nullable() })), commands: z.array(z.object({ name: z.string(), where: z.string().nullable(), back: z.string().nullable() })) })) })
export type BusOne = z.output<typeof BusOne>
const Digits = (n: number, zh: string) => z.string().trim().regex(new RegExp(`^[0-9A-Fa-f]{${n}}$`), `${zh}应为 ${n} 位`).meta({ zh })
/** What the meter asks for before it is switched (DL/T 645-2007). */
export const CredentialIn = z.object({ level: z.string().trim().regex(/^\d\d$/, '密级应为两位数字,一般为 02 或 04').meta({ zh: '密级' }), password: Digits(6, '密码'), operator: Digits(8, '操作者代码') })
export const Address = z.string().trim().regex(/^[0-9A-Fa-f]{1,14}$/, '地址用数字')
/** `where` as in a product's point; for a test of a device its points are read. */
/** A scan asks nobody in particular, on Modbus a row of numbers; a list of objects is of one device. */
export const TaskAsk = z.object({ what: z.enum(['read', 'scan', 'objects']).default('read').meta({ zh: '做什么' }), addresses: z.array(Address).max(64, '一次最多 64 个地址').meta({ zh: '地址' }), where_text: Text(40).meta({ zh: '数据标识或寄存器' }), from_no: z.int().min(1).max(247).default(1).meta({ zh: '扫描自' }), to_no: z.int().min(1).max(247).default(247).meta({ zh: '扫描至' }) })
export const TaskResult = z.array(z.object({ address: z.string(), ok: z.boolean(), value: z.number().nullable(), why: z.string().nullable(), rtt_ms: z.int().nullable(), name: z.string().nullable().optional(), where: z.string().nullable().optional(), unit: z.string().nullable().optional() }))
export type TaskResult = z.output<typeof TaskResult>
export const Task = z.object({ task_id: Id, state: z.enum(['waiting', 'running', 'done', 'failed']), result: TaskResult.nullable(), asked_count: z.int().nullable().meta({ zh: '已问' }), planned_count: z.int().nullable().meta({ zh: '预计' }), note: z.string().nullable().meta({ zh: '说明' }) })
export const ImportRow = z.object({ address: Address, name: Needed(40).meta({ zh: '名称' }), place: Text(60).meta({ zh: '安装位置' }), meter_no: Text(40).nullable().meta({ zh: '表号' }) })

export const ReadPlan = z.object({ plan_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), kind: MeterKind, from_on: Day.meta({ zh: '生效日' }), day_no: z.int().min(1).max(28).meta({ zh: '每月几日' }), hour_no: z.int().min(0).max(23).meta({ zh: '几点' }), stopped: z.boolean().meta({ zh: '停止' }), in_force: z.boolean() })
export type ReadPlan = z.output<typeof ReadPlan>
export const RemoteRow = z.object({ device_id: Id, device_name: z.string().meta({ zh: '设备' }), meter_id: Id, meter_no: z.string().meta({ zh: '表号' }), community_name: z.string().meta({ zh: '小区' }), kind: MeterKind, period: Month, state: z.enum(['done', 'suspect', 'failed', 'waiting', 'by_hand']).meta({ zh: '结果' }), reading: z.string().nullable().meta({ zh: '读数' }), taken_at: Instant.nullable().meta({ zh: '读数时间' }), why: z.string().nullable().meta({ zh: '说明' }), tried_at: Instant.nullable().meta({ zh: '取数时间' }) })
export type RemoteRow = z.output<typeof RemoteRow>
