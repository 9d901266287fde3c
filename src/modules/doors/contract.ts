import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { more } from './contract_more.ts'
import { Reached, Times } from './shapes.ts'

export { BAR_REASONS, HELPER_KINDS, type BarredRow, type FaceRow, type FaceRuleRow, type HelperRow } from './contract_more.ts'
export { type Time } from './shapes.ts'
export const DOOR_KINDS = ['gate', 'unit', 'garage', 'room'] as const
export const WHO_KINDS = ['person', 'house', 'building', 'community', 'staff', 'role'] as const
export const PASSAGE_KINDS = ['open', 'refused', 'forced', 'held', 'closed', 'tamper', 'mended'] as const
export const WAYS = ['card', 'qr', 'password', 'button', 'remote', 'fire', 'face'] as const
const DoorKind = z.enum(DOOR_KINDS).meta({ zh: '种类' })
const What = z.enum(['open', 'hold', 'restore']).meta({ zh: '操作' })
const CommandState = z.enum(['waiting', 'sent', 'confirmed', 'failed', 'expired', 'unknown'])
const CardNo = z.string().trim().regex(/^[0-9A-Za-z]{4,20}$/, '卡号应为 4 到 20 位数字或字母').meta({ zh: '卡号' })
export const DoorRow = z.object({
  door_id: Id, controller_id: Id, controller_name: z.string().meta({ zh: '控制器' }), port_no: z.int().meta({ zh: '路' }), community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), place: z.string().meta({ zh: '位置' }), unit_no: z.string().nullable(), name: z.string().meta({ zh: '门' }), kind: DoorKind, fire_release: z.boolean().meta({ zh: '消防释放' }), held_s: z.int(), retired: z.boolean(),
  online: z.boolean().meta({ zh: '在线' }), heard_at: Instant.nullable().meta({ zh: '最近心跳' }), state: z.enum(['closed', 'open']).nullable().meta({ zh: '门磁' }), lock: z.enum(['locked', 'unlocked']).nullable().meta({ zh: '锁' }), left_count: z.int().meta({ zh: '未生效' }), deny_left_count: z.int(),
  last: z.object({ at: Instant, what: z.string(), way: z.string().nullable(), who: z.string().nullable() }).nullable(),
  alarm: z.object({ alarm_id: Id, kind: z.enum(['forced', 'held', 'tamper', 'offline']), raised_at: Instant, over: z.boolean() }).nullable(),
  command: z.object({ what: What, state: CommandState, by_name: z.string(), created_at: Instant, why: z.string().nullable() }).nullable(),
})
export type DoorRow = z.output<typeof DoorRow>
export const ControllerRow = z.object({ controller_id: Id, community_id: Id, community_name: z.string(), name: z.string(), serial_no: z.string().nullable(), retired: z.boolean(), online: z.boolean(), heard_at: Instant.nullable(), clock_off_s: z.int().nullable(), list_count: z.int(), left_count: z.int(), verified_at: Instant.nullable(), batch_tries: z.int(), mismatch_count: z.int(), doors: z.array(z.object({ door_id: Id, port_no: z.int(), community_id: Id, building_id: Id.nullable(), unit_no: z.string().nullable(), name: z.string(), kind: DoorKind, place: z.string(), fire_release: z.boolean(), held_s: z.int(), retired: z.boolean() })) })
export type ControllerRow = z.output<typeof ControllerRow>
export const GroupRow = z.object({ group_id: Id, community_id: Id, community_name: z.string(), name: z.string(), door_ids: z.array(Id), door_names: z.array(z.string()), right_count: z.int() })
export type GroupRow = z.output<typeof GroupRow>
export const RightRow = z.object({
  right_id: Id, community_name: z.string().meta({ zh: '小区' }), group_id: Id, group_name: z.string().meta({ zh: '门组' }), who: z.enum(WHO_KINDS).meta({ zh: '给谁' }), who_name: z.string().meta({ zh: '对象' }), times: Times, from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止(不含)' }), state: z.enum(['now', 'future', 'over', 'ended']).meta({ zh: '状态' }), reason: z.string().nullable().meta({ zh: '依据' }), created_name: z.string().meta({ zh: '设置人' }), created_at: Instant, ended_by: z.string().nullable(), ended_reason: z.string().nullable(), can: Can('end'),
})
export type RightRow = z.output<typeof RightRow>
export const CardRow = z.object({
  card_id: Id, community_name: z.string().meta({ zh: '小区' }), holder_name: z.string().meta({ zh: '持有人' }), holder_kind: z.enum(['person', 'staff', 'helper']), person_id: Id.nullable(), house_label: z.string().nullable().meta({ zh: '房号' }), card_no: z.string().meta({ zh: '卡号' }), state: z.enum(['live', 'lost', 'ended', 'replaced']).meta({ zh: '状态' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止(不含)' }), issued_by: z.string().meta({ zh: '发卡人' }), issued_at: Instant.meta({ zh: '发卡时间' }), ended_by: z.string().nullable().meta({ zh: '挂失注销人' }), ended_at: Instant.nullable().meta({ zh: '挂失注销时间' }), reason: z.string().nullable().meta({ zh: '备注' }),
  door_count: z.int().meta({ zh: '可开门数' }), left_doors: z.int().meta({ zh: '未生效门数' }), can: Can('lose', 'reissue', 'end'),
})
export type CardRow = z.output<typeof CardRow>
export const CardFilter = z.object({ community_id: Id.optional(), state: z.enum(['live', 'lost', 'ended', 'replaced']).optional(), left: z.boolean().optional(), q: Text(40).optional() })
export type CardFilter = z.output<typeof CardFilter>
export const PassageRow = z.object({
  passage_id: Id, door_id: Id, community_name: z.string().meta({ zh: '小区' }), door_name: z.string().meta({ zh: '门' }), what: z.enum(PASSAGE_KINDS).meta({ zh: '事件' }), way: z.enum(WAYS).nullable().meta({ zh: '方式' }), who: z.string().nullable().meta({ zh: '人员' }), house_label: z.string().nullable().meta({ zh: '房号' }), card_tail: z.string().nullable().meta({ zh: '卡尾号' }), why: z.string().nullable().meta({ zh: '原因' }), at: Instant.meta({ zh: '时间' }), received_at: Instant.meta({ zh: '收到' }), replay: z.boolean().meta({ zh: '补传' }),
})
export type PassageRow = z.output<typeof PassageRow>
export const PassageFilter = z.object({ community_id: Id.optional(), door_id: Id.optional(), what: z.enum(PASSAGE_KINDS).optional(), way: z.enum(WAYS).optional(), replay: z.boolean().optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type PassageFilter = z.output<typeof PassageFilter>
export const PolicyShape = {
  from_on: Day.meta({ zh: '生效日' }), keep_days: z.int().min(30, '30 至 1095 天').max(1095, '30 至 1095 天').meta({ zh: '通行记录保存(天)' }), card_fee_fen: FenShape.min(0).max(1_000_00, '最多 1000 元').meta({ zh: '补卡工本费' }), qr_step_s: z.int().min(10, '10 至 300 秒').max(300, '10 至 300 秒').meta({ zh: '开门码更换(秒)' }), visitors_open: z.boolean().meta({ zh: '访客凭通行码开大门和单元门' }), offline_alarm_min: z.int().min(2, '2 至 1440 分钟').max(1440, '2 至 1440 分钟').meta({ zh: '离线多久报警(分钟)' }), basis: Needed(200).meta({ zh: '依据' }),
}
export const Policy = z.object(PolicyShape)
export type Policy = z.output<typeof Policy>
/** Why somebody can enter: each door with the rights that open it. */
const Why = z.object({
  name: z.string(), houses: z.array(z.string()), cards: z.array(z.object({ card_no: z.string(), state: z.string() })),
  doors: z.array(z.object({ door_id: Id, name: z.string(), rights: z.array(z.object({ right_id: Id, group_name: z.string(), by: z.string(), times: Times, from_on: Day, to_on: Day.nullable() })), left: z.boolean() })),
})
const Done = z.object({ done: z.literal(true) })

const setup = {
  controllers: read({ zh: '控制器与门', may: 'doors.door.read', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(ControllerRow) }) }),
  saveController: write({ zh: '保存控制器', may: 'doors.setup.write', takes: Repeatable.extend({ controller_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(40).meta({ zh: '名称' }), serial_no: Text(40).nullable().meta({ zh: '序列号' }), retired: z.boolean().meta({ zh: '停用' }), new_secret: z.boolean().optional().meta({ zh: '更换接入地址' }) }), gives: z.object({ controller_id: Id }), refuses: ['doors.name_taken'] }),
  /** A secret of this controller: whoever has it speaks as it. */
  controllerAddress: read({ zh: '查看控制器接入地址', may: 'doors.setup.write', takes: z.object({ controller_id: Id }), gives: z.object({ path: z.string() }) }),
  saveDoor: write({ zh: '保存门', may: 'doors.setup.write', takes: Repeatable.extend({ door_id: Id.optional(), controller_id: Id, port_no: z.int().min(1).max(16, '1 至 16 路').meta({ zh: '第几路' }), building_id: Id.nullable().meta({ zh: '楼栋' }), unit_no: Text(10).nullable().meta({ zh: '单元' }), name: Needed(40).meta({ zh: '名称' }), kind: DoorKind, fire_release: z.boolean().meta({ zh: '消防联动时释放' }), held_s: z.int().min(5, '5 至 600 秒').max(600, '5 至 600 秒').meta({ zh: '开门超时(秒)' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ door_id: Id, adopted_count: z.int() }), refuses: ['doors.name_taken', 'doors.port_taken'] }),
  groups: read({ zh: '门组', may: 'doors.right.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(GroupRow) }) }),
  saveGroup: write({ zh: '保存门组', may: 'doors.right.write', takes: Repeatable.extend({ group_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(40).meta({ zh: '名称' }), door_ids: z.array(Id).min(1, '至少一扇门').max(200).meta({ zh: '门' }) }), gives: z.object({ group_id: Id }), refuses: ['doors.name_taken', 'doors.door_elsewhere'] }),
  policy: read({ zh: '门禁规则', may: 'doors.right.read', takes: z.object({}), gives: z.object({ now: Policy, next_from_on: Day.nullable() }) }),
  savePolicy: write({ zh: '设定门禁规则', may: 'doors.policy.write', takes: Repeatable.extend(PolicyShape), gives: z.object({ from_on: Day }), refuses: ['doors.from_past'] }),
}
const rights = {
  rights: read({ zh: '通行权限', may: 'doors.right.read', takes: Paging.extend({ community_id: Id.optional(), group_id: Id.optional(), who: z.enum(WHO_KINDS).optional(), state: z.enum(['now', 'future', 'over', 'ended']).optional(), q: Text(40).optional() }), gives: pageOf(RightRow) }),
  grantRight: write({
    zh: '授予通行权限', may: 'doors.right.write',
    takes: Repeatable.extend({ group_id: Id.meta({ zh: '门组' }), who: z.enum(WHO_KINDS).meta({ zh: '给谁' }), person_id: Id.optional().meta({ zh: '人员' }), house_id: Id.optional().meta({ zh: '房产' }), building_id: Id.optional().meta({ zh: '楼栋' }), account_id: Id.optional().meta({ zh: '员工' }), role_id: Id.optional().meta({ zh: '岗位' }), times: Times, from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止(不含)' }), reason: Text(200).nullable().meta({ zh: '依据' }) }),
    gives: z.object({ right_id: Id, reached: Reached }), refuses: ['doors.who_missing', 'doors.days_crossed', 'doors.times_crossed', 'doors.person_elsewhere'],
  }),
  endRight: write({ zh: '停止通行权限', may: 'doors.right.write', takes: Repeatable.extend({ right_id: Id, reason: Reason }), gives: z.object({ right_id: Id, reached: Reached }), refuses: ['doors.right_over', 'doors.debt_is_no_reason'] }),
  why: read({ zh: '为何能进', may: 'doors.right.read', takes: z.object({ person_id: Id.optional(), account_id: Id.optional() }), gives: Why }),
  /** Whom a card or a right may be for: a name and where he lives. Who guards doors need not see the register. */
  findPersons: read({ zh: '查人员', may: 'doors.right.read', takes: z.object({ q: Needed(40) }), gives: z.object({ rows: z.array(z.object({ person_id: Id, name: z.string(), houses: z.string() })) }) }),
  staffAndRoles: read({ zh: '可授权的员工与岗位', may: 'doors.right.write', takes: z.object({}), gives: z.object({ staff: z.array(z.object({ account_id: Id, name: z.string() })), roles: z.array(z.object({ role_id: Id, name: z.string() })) }) }),
}
const cards = {
  cards: read({ zh: '门禁卡', may: 'doors.card.read', takes: Paging.extend(CardFilter.shape), gives: pageOf(CardRow).extend({ left_doors: z.int(), door_count: z.int(), card_fee_fen: FenShape }) }),
  cardsExcel: download({ zh: '导出门禁卡', may: 'doors.card.export', takes: CardFilter, refuses: ['doors.too_many_rows'] }),
  issueCard: write({ zh: '发卡', may: 'doors.card.write', takes: Repeatable.extend({ person_id: Id.optional().meta({ zh: '人员' }), account_id: Id.optional().meta({ zh: '员工' }), house_id: Id.optional().meta({ zh: '房产' }), community_id: Id.meta({ zh: '小区' }), card_no: CardNo, to_on: Day.nullable().meta({ zh: '止(不含)' }), reason: Text(200).nullable().meta({ zh: '备注' }) }), gives: z.object({ card_id: Id, reached: Reached }), refuses: ['doors.card_taken', 'doors.who_missing', 'doors.person_elsewhere', 'doors.days_crossed'] }),
  loseCard: write({ zh: '挂失门禁卡', may: 'doors.card.write', takes: Repeatable.extend({ card_id: Id, reason: Reason }), gives: z.object({ card_id: Id, reached: Reached }), refuses: ['doors.card_over', 'doors.debt_is_no_reason'] }),
  reissueCard: write({ zh: '补换门禁卡', may: 'doors.card.write', takes: Repeatable.extend({ card_id: Id, card_no: CardNo, free: z.boolean().default(false).meta({ zh: '免工本费' }), reason: Reason }), gives: z.object({ card_id: Id, amount_fen: FenShape, reached: Reached }), refuses: ['doors.card_over', 'doors.card_taken', 'doors.no_payer'] }),
  endCard: write({ zh: '注销门禁卡', may: 'doors.card.write', takes: Repeatable.extend({ card_id: Id, reason: Reason }), gives: z.object({ card_id: Id, reached: Reached }), refuses: ['doors.card_over', 'doors.debt_is_no_reason'] }),
}
const now = {
  board: read({ zh: '门禁状态', may: 'doors.door.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(DoorRow), reached: Reached, strays: z.array(z.object({ controller_name: z.string(), port_no: z.int(), stray_count: z.int(), last_at: Instant })), can_open: z.boolean() }) }),
  commandDoor: write({ zh: '远程开门', may: 'doors.door.open', takes: Repeatable.extend({ door_id: Id, what: What, reason: Reason }), gives: z.object({ command_id: Id }), refuses: ['doors.offline'] }),
  command: read({ zh: '远程命令结果', may: 'doors.door.open', takes: z.object({ command_id: Id }), gives: z.object({ state: CommandState, why: z.string().nullable() }) }),
  /** For a fire that a person learns of first; devices call the same. */
  fireRelease: write({ zh: '消防释放', may: 'doors.door.open', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), reason: Reason }), gives: z.object({ told: z.array(z.string()), unreachable: z.array(z.string()) }) }),
  handleAlarm: write({ zh: '处置门报警', may: 'doors.door.open', takes: Repeatable.extend({ alarm_id: Id, note: Reason }), gives: Done, refuses: ['doors.alarm_handled'] }),
  passages: read({ zh: '通行记录', may: 'doors.passage.read', takes: Paging.extend(PassageFilter.shape), gives: pageOf(PassageRow) }),
  passagesExcel: download({ zh: '导出通行记录', may: 'doors.passage.export', takes: PassageFilter, refuses: ['doors.too_many_rows'] }),
}

const MyHouse = z.object({ house_id: Id })
const mine = {
  myDoors: read({ zh: '我的门禁', may: 'resident', takes: MyHouse, gives: z.object({ has_doors: z.boolean(), ready: z.boolean(), doors: z.array(z.object({ door_id: Id, name: z.string(), online: z.boolean() })), cards: z.array(z.object({ card_id: Id, card_masked: z.string(), state: z.enum(['live', 'lost', 'ended', 'replaced']), house_label: z.string().nullable(), issued_at: Instant, can: Can('lose') })), left_doors: z.int() }) }),
  startCode: write({ zh: '开通手机开门码', may: 'resident', takes: Repeatable.extend(MyHouse.shape), gives: Done }),
  /** Codes of the next minutes: the phone shows them without network. */
  myCodes: read({ zh: '我的开门码', may: 'resident', takes: MyHouse, gives: z.object({ step_s: z.int(), codes: z.array(z.object({ text: z.string(), from_at: Instant, to_at: Instant })) }) }),
  loseMine: write({ zh: '手机挂失门禁卡', may: 'resident', takes: Repeatable.extend({ card_id: Id }), gives: z.object({ reached: Reached }), refuses: ['doors.card_over'] }),
}

export const doors = contract('doors', { ...setup, ...rights, ...cards, ...now, ...mine, ...more })
