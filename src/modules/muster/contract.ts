// Muster (集合点名, SEC-07): who was last where, and who has come to an assembly point; read in an emergency or a drill alone.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const MARKS = ['safe', 'found', 'help'] as const
const Mark = z.enum(MARKS).meta({ zh: '结果' })
const Cause = z.enum(['drill', 'emergency', 'fire']).meta({ zh: '缘由' })
export const RollRow = z.object({ roll_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), cause: Cause, title: z.string().meta({ zh: '点名' }), state: z.enum(['open', 'closed']).meta({ zh: '状态' }), started_name: z.string().meta({ zh: '发起' }), started_at: Instant.meta({ zh: '开始' }), closed_name: z.string().nullable(), closed_at: Instant.nullable().meta({ zh: '结束' }), note: z.string().nullable().meta({ zh: '说明' }), total_count: z.int().meta({ zh: '名单' }), safe_count: z.int().meta({ zh: '已到' }), help_count: z.int().meta({ zh: '请求帮助' }), left_count: z.int().meta({ zh: '未到' }), forgotten: z.boolean(), can: Can('work') })
export type RollRow = z.output<typeof RollRow>
export const EntryRow = z.object({ entry_id: Id, kind: z.enum(['staff', 'visitor', 'resident', 'helper', 'other']).meta({ zh: '身份' }), name: z.string().meta({ zh: '姓名' }), about: z.string().nullable().meta({ zh: '房号岗位' }), zone: z.string().meta({ zh: '最后位置' }), at: Instant.nullable().meta({ zh: '时间' }), source: z.enum(['passage', 'patrol', 'beacon', 'visit', 'duty', 'hand']).meta({ zh: '来源' }), credible: z.boolean().meta({ zh: '可信' }), doubt: z.string().nullable().meta({ zh: '存疑' }), mark: Mark.nullable(), point_name: z.string().nullable().meta({ zh: '集合点' }), mark_how: z.enum(['scan', 'hand']).nullable(), marked_name: z.string().nullable().meta({ zh: '登记人' }), marked_at: Instant.nullable().meta({ zh: '登记时间' }), note: z.string().nullable().meta({ zh: '说明' }) })
export type EntryRow = z.output<typeof EntryRow>
export const PointRow = z.object({ point_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '集合点' }), place: z.string().meta({ zh: '位置' }), code: z.string().meta({ zh: '点位码' }), retired: z.boolean() })
export type PointRow = z.output<typeof PointRow>
export const GatewayRow = z.object({ gateway_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '网关' }), zone: z.string().meta({ zh: '区域' }), heard_at: Instant.nullable().meta({ zh: '最近上报' }), retired: z.boolean() })
export type GatewayRow = z.output<typeof GatewayRow>
export const TagRow = z.object({ tag_id: Id, no: z.string().meta({ zh: '工牌编号' }), account_id: Id, account_name: z.string().meta({ zh: '员工' }), retired: z.boolean() })
export type TagRow = z.output<typeof TagRow>
const RuleFields = {
  from_on: Day.meta({ zh: '生效日' }), keep_hours: z.int().min(1, '1 至 168 小时').max(168, '1 至 168 小时').meta({ zh: '信标定位保存(小时)' }), seen_hours: z.int().min(1, '1 至 72 小时').max(72, '1 至 72 小时').meta({ zh: '点名往前看(小时)' }), credible_min: z.int().min(5, '5 至 1440 分钟').max(1440, '5 至 1440 分钟').meta({ zh: '位置多久内可信(分钟)' }), roll_days: z.int().min(1, '1 至 365 天').max(365, '1 至 365 天').meta({ zh: '点名册保存(天)' }), basis: Needed(200).meta({ zh: '依据' }),
}
export const Rule = z.object(RuleFields)
export type Rule = z.output<typeof Rule>
const One = Repeatable.extend({ roll_id: Id })
const OneRead = z.object({ roll_id: Id })

export const muster = contract('muster', {
  /** Counts alone: no name is read here. */
  rolls: read({ zh: '点名列表', may: 'muster.roll.read', takes: Paging.extend({ community_id: Id.optional(), state: z.enum(['open', 'closed']).optional() }), gives: pageOf(RollRow) }),
  startRoll: write({ zh: '发起点名', may: 'muster.roll.work', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), cause: z.enum(['drill', 'emergency']).meta({ zh: '缘由' }), title: Needed(60).meta({ zh: '情况' }) }), gives: z.object({ roll_id: Id, total_count: z.int() }), refuses: ['muster.open_already'] }),
  /** Opening a roll is written down, each time; what it lets one read ends some minutes later. */
  lookRoll: write({ zh: '打开点名册', may: 'muster.roll.read', takes: One, gives: z.object({ until_at: Instant }), refuses: ['muster.forgotten'] }),
  roll: read({ zh: '点名册', may: 'muster.roll.read', takes: OneRead, gives: RollRow.extend({ entries: z.array(EntryRow), points: z.array(PointRow), buildings: z.array(z.object({ name: z.string(), house_count: z.int() })), house_count: z.int() }), refuses: ['muster.look_first'] }),
  rollPaper: download({ zh: '打印点名册', may: 'muster.roll.read', takes: OneRead, refuses: ['muster.look_first'] }),
  rollExcel: download({ zh: '导出点名册', may: 'muster.roll.read', takes: OneRead, refuses: ['muster.look_first'] }),
  markEntry: write({ zh: '登记点名结果', may: 'muster.roll.work', takes: One.extend({ entry_id: Id, mark: Mark.nullable(), point_id: Id.nullable().default(null).meta({ zh: '集合点' }), note: Text(100).nullable().default(null).meta({ zh: '说明' }) }), gives: z.object({ left_count: z.int() }), refuses: ['muster.closed'] }),
  /** A visitor's six digits, a resident's code, or the code of the point for oneself. */
  markByScan: write({ zh: '扫码到集合点', may: 'muster.roll.work', takes: One.extend({ text: Needed(400).meta({ zh: '码' }), point_id: Id.nullable().meta({ zh: '集合点' }) }), gives: z.object({ name: z.string(), left_count: z.int() }), refuses: ['muster.closed', 'muster.unknown_code'] }),
  addEntry: write({ zh: '点名册加人', may: 'muster.roll.work', takes: One.extend({ name: Needed(30).meta({ zh: '姓名' }), zone: Needed(60).meta({ zh: '在哪里' }), mark: Mark.nullable(), point_id: Id.nullable().meta({ zh: '集合点' }) }), gives: z.object({ entry_id: Id }), refuses: ['muster.closed'] }),
  closeRoll: write({ zh: '结束点名', may: 'muster.roll.work', takes: One.extend({ note: Needed(300).meta({ zh: '结束说明' }) }), gives: z.object({ left_count: z.int() }), refuses: ['muster.closed'] }),

  points: read({ zh: '集合点', may: 'muster.roll.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(PointRow) }) }),
  savePoint: write({ zh: '保存集合点', may: 'muster.setup.write', takes: Repeatable.extend({ point_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '集合点' }), place: Needed(60).meta({ zh: '位置' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ point_id: Id }), refuses: ['muster.name_taken'] }),
  gateways: read({ zh: '信标网关', may: 'muster.setup.write', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(GatewayRow) }) }),
  saveGateway: write({ zh: '保存信标网关', may: 'muster.setup.write', takes: Repeatable.extend({ gateway_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '网关' }), zone: Needed(40).meta({ zh: '区域' }), new_secret: z.boolean().default(false).meta({ zh: '更换接入地址' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ gateway_id: Id }), refuses: ['muster.name_taken'] }),
  gatewayAddress: read({ zh: '查看信标网关接入地址', may: 'muster.setup.write', takes: z.object({ gateway_id: Id }), gives: z.object({ path: z.string() }) }),
  tags: read({ zh: '信标工牌', may: 'muster.setup.write', takes: z.object({}), gives: z.object({ rows: z.array(TagRow), staff: z.array(z.object({ account_id: Id, name: z.string() })) }) }),
  saveTag: write({ zh: '保存信标工牌', may: 'muster.setup.write', takes: Repeatable.extend({ tag_id: Id.optional(), no: z.string().trim().regex(/^[0-9A-Za-z:.-]{4,40}$/, '工牌编号应为 4 到 40 位数字、字母').meta({ zh: '工牌编号' }), account_id: Id.meta({ zh: '员工' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ tag_id: Id }), refuses: ['muster.tag_taken'] }),
  rule: read({ zh: '点名规则', may: 'muster.roll.read', takes: z.object({}), gives: z.object({ now: Rule, next_from_on: Day.nullable() }) }),
  saveRule: write({ zh: '设定点名规则', may: 'muster.rule.write', takes: Repeatable.extend(RuleFields), gives: z.object({ from_on: Day }), refuses: ['muster.from_past', 'muster.seen_too_long'] }),
})
