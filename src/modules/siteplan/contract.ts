// Site plans (平面图): pictures of a place by version, what stands where on them with its state now, ways out.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Repeatable, Text } from '../../kernel/shapes.ts'

/** As they are put on a plan; 设备 splits into fire equipment and the rest when shown. */
export const SUBJECTS = ['device', 'door', 'camera', 'lane', 'equipment', 'sign', 'point', 'building'] as const
export type SubjectKind = (typeof SUBJECTS)[number]
export const SHOWN = ['fire', 'device', 'door', 'camera', 'lane', 'equipment', 'sign', 'point', 'building', 'mark'] as const
export type ShownKind = (typeof SHOWN)[number]
export const MARKS = ['exit', 'stairs', 'control', 'phone', 'here', 'text'] as const
export type Mark = (typeof MARKS)[number]
export const PLAN_KINDS = ['site', 'floor', 'garage', 'room'] as const
export const PINS_MAX = 1000
export const LINES_MAX = 60
const Subject = z.enum(SUBJECTS).meta({ zh: '种类' })
const X = z.int().min(0, '应在图内').max(1000, '应在图内')
const Tone = z.enum(['good', 'bad', 'warn', 'plain'])
export const Version = z.object({ version_id: Id, version_no: z.int().meta({ zh: '版本' }), from_on: Day.meta({ zh: '生效日' }), width_px: z.int(), height_px: z.int(), note: z.string().nullable().meta({ zh: '说明' }), made_by_name: z.string().meta({ zh: '上传人' }), made_at: Instant.meta({ zh: '上传时间' }), state: z.enum(['now', 'future', 'past']).meta({ zh: '状态' }), pin_count: z.int().meta({ zh: '点数' }) })
export type Version = z.output<typeof Version>
export const PlanRow = z.object({ plan_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), building_name: z.string().nullable().meta({ zh: '楼栋' }), kind: z.enum(PLAN_KINDS).meta({ zh: '种类' }), name: z.string().meta({ zh: '名称' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), version: Version.nullable(), next_from_on: Day.nullable(), can: Can('write') })
export type PlanRow = z.output<typeof PlanRow>
const Alarm = z.object({ alarm_id: Id, title: z.string(), level: z.string(), raised_at: Instant }).nullable()
const Thing = { subject_id: Id, no: z.string().nullable(), name: z.string().meta({ zh: '名称' }), place: z.string().meta({ zh: '位置' }), building_name: z.string().nullable(), state: z.string().meta({ zh: '状态' }), tone: Tone, detail: z.string().nullable(), alarm: Alarm }
export const Pin = z.object({ ...Thing, pin_id: Id, kind: z.enum([...SUBJECTS, 'mark']), shown: z.enum(SHOWN), subject_id: Id.nullable(), mark: z.enum(MARKS).nullable(), x_permille: z.int(), y_permille: z.int() })
export type Pin = z.output<typeof Pin>
export const Line = z.object({ line_id: Id, kind: z.enum(['escape', 'fire_lane']).meta({ zh: '种类' }), label: z.string().nullable(), points: z.array(z.tuple([X, X])) })
export type Line = z.output<typeof Line>
export const Candidate = z.object({ ...Thing, shown: z.enum(SHOWN), elsewhere: z.array(z.string()).meta({ zh: '已在哪些图上' }) })
export type Candidate = z.output<typeof Candidate>
const OnVersion = Repeatable.extend({ version_id: Id })
const PAST = ['siteplan.version_past'] as const

export const siteplan = contract('siteplan', {
  plans: read({ zh: '平面图列表', may: 'siteplan.plan.read', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(PlanRow) }) }),
  savePlan: write({ zh: '保存平面图', may: 'siteplan.plan.write', takes: Repeatable.extend({ plan_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().default(null).meta({ zh: '楼栋' }), kind: z.enum(PLAN_KINDS).meta({ zh: '种类' }), name: Needed(40).meta({ zh: '名称' }), sort_no: z.int().min(0).max(9999).default(0).meta({ zh: '排序' }), retired: z.boolean().default(false).meta({ zh: '停用' }) }), gives: z.object({ plan_id: Id }), refuses: ['siteplan.name_taken'] }),
  /** The buildings a plan may belong to. */
  places: read({ zh: '平面图的楼栋', may: 'siteplan.plan.write', takes: z.object({ community_id: Id }), gives: z.object({ rows: z.array(z.object({ building_id: Id, name: z.string() })) }) }),
  versions: read({ zh: '平面图版本', may: 'siteplan.plan.read', takes: z.object({ plan_id: Id }), gives: z.object({ rows: z.array(Version) }) }),
  addVersion: write({ zh: '上传平面图', may: 'siteplan.plan.write', takes: Repeatable.extend({ plan_id: Id, file_id: Id.meta({ zh: '图片' }), from_on: Day.meta({ zh: '生效日' }), copy: z.boolean().default(true).meta({ zh: '沿用上一版的点和路线' }), note: Text(200).nullable().default(null).meta({ zh: '说明' }) }), gives: z.object({ version_id: Id, version_no: z.int() }), refuses: ['siteplan.no_picture', 'siteplan.picture_size', 'siteplan.from_before'] }),
  picture: download({ zh: '平面图图片', may: 'siteplan.plan.read', takes: z.object({ version_id: Id }) }),
  /** Everything on it that whoever asks may see, as it is now. */
  plan: read({ zh: '平面图', may: 'siteplan.plan.read', takes: z.object({ plan_id: Id, version_id: Id.optional() }), gives: PlanRow.extend({ pins: z.array(Pin), lines: z.array(Line), kinds: z.array(Subject), counts: z.object({ alarm: z.int(), bad: z.int(), warn: z.int() }), now_at: Instant }) }),
  candidates: read({ zh: '可放到图上的', may: 'siteplan.plan.read', takes: z.object({ version_id: Id, kind: Subject, q: Text(40).optional(), anywhere: z.boolean().default(false).meta({ zh: '含已在其他图上的' }) }), gives: z.object({ rows: z.array(Candidate), total: z.int() }) }),
  /** On which plans a thing stands: from an alarm, a camera, a device. */
  where: read({ zh: '在哪张平面图上', may: 'siteplan.plan.read', takes: z.object({ kind: Subject, subject_id: Id }), gives: z.object({ rows: z.array(z.object({ plan_id: Id, community_id: Id, name: z.string(), kind: z.enum(PLAN_KINDS), pin_id: Id })) }) }),
  placePin: write({ zh: '把点放到平面图', may: 'siteplan.plan.write', takes: OnVersion.extend({ kind: z.enum([...SUBJECTS, 'mark']).meta({ zh: '种类' }), subject_id: Id.nullable().default(null), mark: z.enum(MARKS).nullable().default(null).meta({ zh: '图例' }), label: Text(30).nullable().default(null).meta({ zh: '文字' }), x_permille: X.meta({ zh: '左起' }), y_permille: X.meta({ zh: '上起' }) }), gives: z.object({ pin_id: Id }), refuses: [...PAST, 'siteplan.mark_or_subject', 'siteplan.pins_full'] }),
  movePin: write({ zh: '移动平面图上的点', may: 'siteplan.plan.write', takes: Repeatable.extend({ pin_id: Id, x_permille: X.meta({ zh: '左起' }), y_permille: X.meta({ zh: '上起' }) }), gives: z.object({ pin_id: Id }), refuses: [...PAST] }),
  removePin: write({ zh: '从平面图取下', may: 'siteplan.plan.write', takes: Repeatable.extend({ pin_id: Id }), gives: z.object({ pin_id: Id }), refuses: [...PAST] }),
  saveLine: write({ zh: '画路线', may: 'siteplan.plan.write', takes: OnVersion.extend({ kind: z.enum(['escape', 'fire_lane']).meta({ zh: '种类' }), label: Text(30).nullable().default(null).meta({ zh: '说明' }), points: z.array(z.tuple([X, X])).min(2, '至少两个点').max(60, '最多 60 个点').meta({ zh: '折点' }) }), gives: z.object({ line_id: Id }), refuses: [...PAST, 'siteplan.lines_full'] }),
  removeLine: write({ zh: '删除路线', may: 'siteplan.plan.write', takes: Repeatable.extend({ line_id: Id }), gives: z.object({ line_id: Id }), refuses: [...PAST] }),
  /** 疏散示意图: exits, ways, fire equipment, assembly points; or everything that whoever asks may see, numbered. */
  paper: download({ zh: '打印平面图', may: 'siteplan.plan.read', takes: z.object({ plan_id: Id, version_id: Id.optional(), paper: z.enum(['a4', 'a3']).default('a4'), what: z.enum(['escape', 'all']).default('escape') }), refuses: ['siteplan.no_version', 'siteplan.not_printed'] }),
})
