import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { CameraAbout, cameraCalls } from './contract_cameras.ts'
import { laneCalls } from './contract_lane.ts'
import { moneyCalls } from './contract_money.ts'
import { tryCalls } from './contract_try.ts'
import { DIALECTS, DIRECTIONS, Decision, LookRow, LotRule, OUTCOMES, Plate, Preset, PresetShape, RuleShape, StayClass, StayRow, StayState, TURNED_KINDS, Vehicle } from './shapes.ts'

export * from './shapes.ts'
export * from './contract_money.ts'
export * from './contract_lane.ts'
export * from './contract_try.ts'

const BelongsTo = z.enum(['service', 'company', 'public_income']).meta({ zh: '临停收入归属' })
export const LotRow = z.object({
  lot_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_name: z.string().meta({ zh: '所在楼栋' }), name: z.string().meta({ zh: '车场' }), code: z.string(), belongs_to: BelongsTo, retired: z.boolean(), capacity: z.int().nullable().meta({ zh: '总车位' }), inside: z.int().meta({ zh: '在场' }), residents: z.int(), lane_count: z.int().meta({ zh: '通道' }), camera_count: z.int().meta({ zh: '相机' }), offline_count: z.int().meta({ zh: '离线' }), tariff_name: z.string().nullable().meta({ zh: '临停价目' }),
})
export type LotRow = z.output<typeof LotRow>
export const CameraRow = z.object({ camera_id: Id, lane_id: Id, name: z.string(), direction: z.enum(['in', 'out']), dialect: z.enum(DIALECTS), channel: z.int(), serial_no: z.string().nullable(), retired: z.boolean(), seen_at: Instant.nullable(), online: z.boolean(), clock_off_s: z.int().nullable(), list_count: z.int(), list_left: z.int().nullable(), list_fault: z.string().nullable(), reach_host: z.string().nullable(), read_at: Instant.nullable(), read_waiting: z.boolean(), read_count: z.int().nullable(), missing_count: z.int().nullable(), extra_count: z.int().nullable(), wrong_count: z.int().nullable(), unequal_count: z.int(), verified_at: Instant.nullable(), read_fault: z.string().nullable(), reached_at: Instant.nullable(), asked_at: Instant.nullable(), ask_waiting: z.boolean(), ask_fault: z.string().nullable(), about: CameraAbout.nullable() })
export type CameraRow = z.output<typeof CameraRow>
export const LaneRow = z.object({ lane_id: Id, name: z.string(), direction: z.enum(DIRECTIONS), zone_id: Id.nullable(), zone_name: z.string().nullable(), fail_mode: z.enum(['open', 'closed']), retired: z.boolean(), sign: z.string().nullable(), cameras: z.array(CameraRow) })
export type LaneRow = z.output<typeof LaneRow>
export const LotDetail = LotRow.extend({ building_id: Id, house_id: Id, house_label: z.string(), rule: LotRule.nullable(), rules: z.array(LotRule.extend({ tariff_name: z.string().nullable(), by_name: z.string().nullable(), created_at: Instant })), zones: z.array(z.object({ zone_id: Id, name: z.string(), capacity: z.int(), inside: z.int(), retired: z.boolean() })), lanes: z.array(LaneRow), can: Can('write') })
export type LotDetail = z.output<typeof LotDetail>

const lots = {
  lots: read({ zh: '车场列表', may: 'parking.lot.read', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(LotRow) }) }),
  lot: read({ zh: '车场', may: 'parking.lot.read', takes: z.object({ lot_id: Id }), gives: LotDetail }),
  saveLot: write({
    zh: '保存车场', may: 'parking.lot.write',
    takes: Repeatable.extend({ lot_id: Id.optional(), building_id: Id.meta({ zh: '所在楼栋' }), name: Needed(30).meta({ zh: '名称' }), belongs_to: BelongsTo, retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ lot_id: Id }), refuses: ['parking.name_taken', 'parking.building_fixed', 'parking.cars_inside'],
  }),
  publishRule: write({ zh: '发布车场规则', may: 'parking.lot.write', takes: Repeatable.extend({ lot_id: Id, ...RuleShape }), gives: z.object({ rule_id: Id }), refuses: ['parking.from_past', 'parking.reserved_too_many', 'parking.no_such_tariff'] }),
  /** Lanes of every lot in reach, to name one elsewhere. */
  lanes: read({ zh: '通道列表', may: 'parking.lot.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(z.object({ lane_id: Id, name: z.string(), lot_name: z.string() })) }) }),
  lotPreset: read({ zh: '新车场默认规则', may: 'parking.lot.read', takes: z.object({}), gives: z.object({ now: Preset, next_from_on: Day.nullable(), whole: z.boolean() }) }),
  saveLotPreset: write({ zh: '设定新车场默认规则', may: 'parking.lot.write', takes: Repeatable.extend(PresetShape), gives: z.object({ from_on: Day }), refuses: ['parking.from_past'] }),
  saveZone: write({ zh: '保存车场分区', may: 'parking.lot.write', takes: Repeatable.extend({ zone_id: Id.optional(), lot_id: Id, name: Needed(30).meta({ zh: '名称' }), capacity: z.int().min(1).max(100_000).meta({ zh: '车位数' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ zone_id: Id }), refuses: ['parking.name_taken'] }),
  saveLane: write({ zh: '保存通道', may: 'parking.lot.write', takes: Repeatable.extend({ lane_id: Id.optional(), lot_id: Id, name: Needed(30).meta({ zh: '名称' }), direction: z.enum(DIRECTIONS).meta({ zh: '方向' }), zone_id: Id.nullable().meta({ zh: '通向分区' }), fail_mode: z.enum(['open', 'closed']).meta({ zh: '断网时' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ lane_id: Id }), refuses: ['parking.name_taken', 'parking.zone_unknown'] }),
  saveCamera: write({ zh: '保存车牌相机', may: 'parking.lot.write', takes: Repeatable.extend({ camera_id: Id.optional(), lane_id: Id, name: Needed(30).meta({ zh: '名称' }), direction: z.enum(['in', 'out']).meta({ zh: '看的方向' }), dialect: z.enum(DIALECTS).default('vzenith').meta({ zh: '品牌' }), channel: z.int().min(1, '1 至 64').max(64, '1 至 64').default(1).meta({ zh: '通道号' }), serial_no: Text(40).nullable().meta({ zh: '序列号' }), retired: z.boolean().meta({ zh: '停用' }), new_secret: z.boolean().optional().meta({ zh: '更换推送地址' }) }), gives: z.object({ camera_id: Id }), refuses: ['parking.lane_direction'] }),
  /** A secret of this camera: whoever has it can push plates. */
  cameraAddress: read({ zh: '查看相机推送地址', may: 'parking.lot.write', takes: z.object({ camera_id: Id }), gives: z.object({ path: z.string(), dialect: z.enum(DIALECTS) }) }),
}

export const BoothLane = z.object({
  lane_id: Id, name: z.string(), direction: z.enum(DIRECTIONS), online: z.boolean(), camera_count: z.int(), waiting: z.array(LookRow), last: LookRow.nullable(),
  command: z.object({ created_at: Instant, by_name: z.string(), reason: z.string(), note: z.string().nullable(), state: z.enum(['waiting', 'sent', 'expired', ...OUTCOMES]) }).nullable(),
})
export type BoothLane = z.output<typeof BoothLane>
const One = Repeatable.extend({ look_id: Id })
const Opened = z.object({ stay_id: Id.nullable(), opened: z.boolean() })
const HELD = ['parking.not_held', 'parking.handled', 'parking.camera_offline', 'parking.bad_plate'] as const
const booth = {
  booth: read({ zh: '岗亭', may: 'parking.booth.work', takes: z.object({ lot_id: Id }), gives: z.object({ lot_id: Id, name: z.string(), code: z.string(), capacity: z.int().nullable(), inside: z.int(), residents: z.int(), lanes: z.array(BoothLane), today: z.object({ in_count: z.int(), out_count: z.int(), taken_fen: FenShape }), zones: z.array(z.object({ name: z.string(), inside: z.int(), capacity: z.int() })), max_height_cm: z.int().nullable(), max_weight_kg: z.int().nullable() }) }),
  boothLots: read({ zh: '可值守的车场', may: 'parking.booth.work', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(z.object({ lot_id: Id, name: z.string(), community_name: z.string() })) }) }),
  /** For a car at the exit: what it owes and why, or which cars it may be. */
  boothCar: read({ zh: '岗亭查车', may: 'parking.booth.work', takes: z.object({ look_id: Id, stay_id: Id.optional() }), gives: z.object({ plate: z.string(), stay: z.object({ stay_id: Id, plate: z.string(), class: StayClass, entered_at: Instant, minutes: z.int(), total_fen: FenShape, paid_fen: FenShape, due_fen: FenShape, lines: z.array(z.object({ text: z.string(), amount_fen: FenShape })) }).nullable(), near: z.array(z.object({ stay_id: Id, plate: z.string(), entered_at: Instant, class: StayClass })), debt_fen: FenShape, pay_at: z.string(), problem: z.string().nullable() }) }),
  insideCars: read({ zh: '在场车辆', may: 'parking.booth.work', takes: z.object({ lot_id: Id, q: Text(200) }), gives: z.object({ rows: z.array(z.object({ stay_id: Id, plate: z.string(), entered_at: Instant, class: StayClass })) }) }),
  admit: write({ zh: '人工放入', may: 'parking.booth.work', takes: One.extend({ plate: Plate.optional(), class: z.enum(['temporary', 'free']).default('temporary').meta({ zh: '按' }), reason: Reason }), gives: Opened, refuses: [...HELD] }),
  admitTicket: write({ zh: '无牌车取票入场', may: 'parking.booth.work', takes: One.extend({ vehicle: Vehicle }), gives: Opened.extend({ ticket_no: z.string(), ticket: z.string() }), refuses: [...HELD, 'parking.no_plate_refused'] }),
  release: write({ zh: '放行离场', may: 'parking.booth.work', takes: One.extend({ stay_id: Id.meta({ zh: '在场车辆' }), debt: z.boolean().default(false).meta({ zh: '未缴放行,记欠费' }), reason: Text(200).optional().meta({ zh: '原因' }) }), gives: Opened, refuses: [...HELD, 'parking.still_due', 'parking.reason_needed', 'parking.not_inside', 'parking.no_price'] }),
  /** Nobody knows when it came in. */
  releaseUnknown: write({ zh: '无入场记录放行', may: 'parking.booth.work', takes: One.extend({ plate: Plate.optional(), entered_at: z.iso.datetime({ offset: true }).max(40).optional().meta({ zh: '查证的入场时间' }), reason: Reason }), gives: Opened, refuses: [...HELD, 'parking.still_due', 'parking.entered_when', 'parking.no_price'] }),
  dismiss: write({ zh: '不予放行', may: 'parking.booth.work', takes: One.extend({ reason: Reason, kind: z.enum(TURNED_KINDS).optional().meta({ zh: '拒入原因' }) }), gives: z.object({ look_id: Id }), refuses: ['parking.not_held', 'parking.handled'] }),
  openByHand: write({ zh: '手动开闸', may: 'parking.booth.work', takes: Repeatable.extend({ lane_id: Id, reason: Reason }), gives: z.object({ command_id: Id }), refuses: ['parking.camera_offline'] }),
  correctPlate: write({ zh: '更正车牌', may: 'parking.booth.work', takes: Repeatable.extend({ stay_id: Id, plate: Plate, reason: Reason }), gives: z.object({ stay_id: Id }), refuses: ['parking.bad_plate', 'parking.not_inside', 'parking.plate_inside'] }),
  voidStay: write({ zh: '作废停车记录', may: 'parking.stay.void', takes: Repeatable.extend({ stay_id: Id, reason: Reason }), gives: z.object({ stay_id: Id }), refuses: ['parking.not_inside', 'parking.has_money'] }),
  lookPicture: download({ zh: '识别照片', may: 'parking.stay.read', takes: z.object({ look_id: Id }) }),
}

export const StayFilter = z.object({ lot_id: Id.optional(), community_id: Id.optional(), state: StayState.optional(), class: StayClass.optional(), debt: z.boolean().optional(), q: Text(20).optional(), from_on: Day.optional(), to_on: Day.optional(), left_from_on: Day.optional(), left_to_on: Day.optional() })
export type StayFilter = z.output<typeof StayFilter>
export const LookFilter = z.object({ lot_id: Id.optional(), community_id: Id.optional(), lane_id: Id.optional(), decision: Decision.optional(), replay: z.boolean().optional(), q: Text(20).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type LookFilter = z.output<typeof LookFilter>
export const StayDetail = StayRow.extend({ community_name: z.string(), permit_holder: z.string().nullable(), total_fen: FenShape.nullable(), open_fen: FenShape, pay_at: z.string(), lines: z.array(z.object({ text: z.string(), amount_fen: FenShape })), steps: z.array(z.object({ kind: z.string(), at: Instant, by_name: z.string().nullable(), reason: z.string().nullable(), detail: z.record(z.string(), z.unknown()).nullable() })), bills: z.array(z.object({ bill_id: Id, period_on: Day, amount_fen: FenShape, paid_fen: FenShape, voided: z.boolean(), made_at: Instant, receipt_nos: z.array(z.string()) })), looks: z.array(LookRow), can: Can('correct', 'void') })
export type StayDetail = z.output<typeof StayDetail>
const records = {
  stays: read({ zh: '停车记录', may: 'parking.stay.read', takes: Paging.extend(StayFilter.shape), gives: pageOf(StayRow).extend({ paid_sum_fen: FenShape }) }),
  staysExcel: download({ zh: '导出停车记录', may: 'parking.stay.export', takes: StayFilter, refuses: ['parking.too_many_rows'] }),
  stay: read({ zh: '停车记录详情', may: 'parking.stay.read', takes: z.object({ stay_id: Id }), gives: StayDetail }),
  looks: read({ zh: '识别记录', may: 'parking.stay.read', takes: Paging.extend(LookFilter.shape), gives: pageOf(LookRow) }),
  looksExcel: download({ zh: '导出识别记录', may: 'parking.stay.export', takes: LookFilter, refuses: ['parking.too_many_rows'] }),
}

export const parking = contract('parking', { ...lots, ...booth, ...records, ...moneyCalls, ...laneCalls, ...cameraCalls, ...tryCalls })
