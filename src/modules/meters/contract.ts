import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Decimal, FenShape, Id, Instant, Month, Needed, PAGE_MAX, Paging, Positive, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { BalancePart, BalanceRow, DraftSplit, ShareGroupFields, ShareGroupRow, ShareKind, ShareMemberIn, ShareMemberRow, SharePartRow, ShareRuleFields, ShareRuleRow, ShareSplitRow, SplitState, UsageLine } from './share_shapes.ts'
import { CheckRule, DialValue, HistoryRow, MeterFields, MeterKind, MeterRow, Parts, Progress, ReadingRow, Recorded, Register, RoundFilter, UnreadReason } from './shapes.ts'

export * from './share_shapes.ts'
export * from './shapes.ts'

const READING_REFUSALS = ['meters.reading_back', 'meters.already_read', 'meters.removed', 'meters.later_reading', 'meters.read_on_out', 'meters.no_rollover', 'meters.over_dial', 'meters.parts_missing', 'meters.part_back'] as const
/** Why a month cannot be split; billing refuses with them too when it computes again before publishing. */
export const SPLIT_REFUSALS = [
  'meters.share_no_rule', 'meters.share_no_total', 'meters.share_source_unread', 'meters.share_negative', 'meters.share_no_house', 'meters.share_no_weight', 'meters.share_no_area', 'meters.share_readings_missing', 'meters.share_too_many', 'meters.split_published',
] as const
const Reading = { reading: DialValue.meta({ zh: '本次读数' }), rolled: z.boolean().optional().meta({ zh: '已过零' }), parts: Parts.optional().meta({ zh: '分时读数' }) }

const Factor = Decimal.refine((v) => Number(v) > 1 && Number(v) <= 100, '应大于 1,不超过 100')

export const meters = contract('meters', {
  meters: read({
    zh: '表计列表',
    may: 'meters.meter.read',
    takes: Paging.extend({
      community_id: Id.optional(), building_id: Id.optional(), house_id: Id.optional(), kind: MeterKind.optional(), removed: z.boolean().optional(),
      /** house: of a house; shared: main and shared meters; main: those with meters under them. */
      use: z.enum(['house', 'shared', 'main']).optional().meta({ zh: '用途' }),
      parent_point_id: Id.optional(), point_id: Id.optional(), q: Text(40).optional(),
    }),
    gives: pageOf(MeterRow),
  }),
  metersExcel: download({ zh: '导出表计', may: 'meters.meter.read', takes: z.object({ community_id: Id.optional(), kind: MeterKind.optional() }) }),
  /** The file of a meter: its devices one after the other, and what its point used by month. */
  meter: read({
    zh: '表计档案',
    may: 'meters.meter.read',
    takes: z.object({ meter_id: Id }),
    gives: MeterRow.extend({
      devices: z.array(z.object({ meter_id: Id, no: z.string(), multiplier: z.string(), installed_on: Day, removed_on: Day.nullable(), start_reading: z.string().nullable(), last_reading: z.string().nullable() })),
      months: z.array(z.object({ period: Month, usage: z.string(), estimated: z.boolean(), suspect: z.boolean() })),
      carried: z.string().meta({ zh: '未结差' }),
    }),
  }),
  saveMeter: write({
    zh: '保存表计',
    may: 'meters.meter.write',
    takes: Repeatable.extend({ meter_id: Id.optional(), ...MeterFields }),
    gives: z.object({ meter_id: Id }),
    refuses: ['meters.no_taken', 'meters.has_readings', 'meters.place_missing', 'meters.tree_circle', 'meters.parent_other'],
  }),
  /** The old device's last reading is recorded in the month of the change, the new one starts at its own reading; both are billed. */
  replaceMeter: write({
    zh: '换表',
    may: 'meters.meter.write',
    takes: Repeatable.extend({
      meter_id: Id,
      on_day: Day.meta({ zh: '换表日' }),
      last_reading: DialValue.meta({ zh: '旧表止数' }),
      last_rolled: z.boolean().optional().meta({ zh: '旧表已过零' }),
      last_parts: Parts.optional().meta({ zh: '旧表分时止数' }),
      new_no: Needed(40).meta({ zh: '新表号' }),
      new_start_reading: DialValue.meta({ zh: '新表起数' }),
      new_parts: Parts.optional().meta({ zh: '新表分时起数' }),
      new_multiplier: Positive.optional().meta({ zh: '新表倍率' }),
      new_whole_digits: z.int().min(3).max(10).nullable().optional().meta({ zh: '新表整数位数' }),
      note: Text(100).optional(),
    }),
    gives: z.object({ meter_id: Id, reading_id: Id.nullable() }),
    refuses: ['meters.no_taken', 'meters.before_last', ...READING_REFUSALS],
  }),
  removeMeter: write({
    zh: '拆表',
    may: 'meters.meter.write',
    takes: Repeatable.extend({ meter_id: Id, on_day: Day.meta({ zh: '拆表日' }), last_reading: DialValue.meta({ zh: '止数' }), last_rolled: z.boolean().optional().meta({ zh: '已过零' }), last_parts: Parts.optional().meta({ zh: '分时止数' }), reason: Reason }),
    gives: z.object({ meter_id: Id, reading_id: Id.nullable() }),
    refuses: ['meters.before_last', ...READING_REFUSALS],
  }),

  readings: read({ zh: '抄表列表', may: 'meters.reading.read', takes: Paging.extend(RoundFilter.shape), gives: pageOf(ReadingRow).extend({ progress: Progress }) }),
  readingsExcel: download({ zh: '导出抄表', may: 'meters.reading.read', takes: RoundFilter }),
  /** The sheet that is carried from door to door, by building, with room to write. */
  readingSheet: download({ zh: '打印抄表单', may: 'meters.reading.read', takes: RoundFilter, refuses: ['meters.nothing_to_print', 'meters.too_many_to_print'] }),
  /** Progress of a month by building, for the desk and the start of a round. */
  rounds: read({
    zh: '抄表进度',
    may: 'meters.reading.read',
    takes: z.object({ community_id: Id.optional(), period: Month, kind: MeterKind.optional() }),
    gives: z.object({ rows: z.array(Progress.extend({ community_id: Id, community_name: z.string(), building_id: Id.nullable(), building_name: z.string(), kind: MeterKind, last_read_on: Day.nullable() })) }),
  }),
  /** Entry at the desk: all or none. */
  saveReadings: write({
    zh: '录入读数',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ period: Month, read_on: Day.meta({ zh: '抄表日' }), rows: z.array(z.object({ meter_id: Id, ...Reading, note: Text(100).optional() })).min(1).max(500) }),
    gives: z.object({ saved_count: z.int(), suspect_count: z.int() }),
    refuses: READING_REFUSALS,
  }),
  /** A staff member's round by phone, in walking order. */
  roundList: read({ zh: '抄表任务', may: 'meters.reading.write', takes: Paging.extend({ ...RoundFilter.shape, page_size: z.int().min(1).max(PAGE_MAX).default(PAGE_MAX) }), gives: pageOf(ReadingRow).extend({ progress: Progress }) }),
  recordReading: write({
    zh: '抄一块表',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ meter_id: Id, period: Month, ...Reading, read_on: Day.optional(), note: Text(100).optional(), photo_file_id: Id.optional().meta({ zh: '照片' }) }),
    gives: Recorded,
    refuses: [...READING_REFUSALS, 'meters.no_photo'],
  }),
  /** Somebody was there and could not read it: why. A reading of the month takes the note away. */
  recordUnread: write({
    zh: '登记未抄原因',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ meter_id: Id, period: Month, reason: UnreadReason, note: Text(100).optional(), photo_file_id: Id.optional().meta({ zh: '照片' }) }),
    gives: z.object({ meter_id: Id }),
    refuses: ['meters.already_read', 'meters.no_photo'],
  }),
  /** Readings for meters that could not be read. Those without a basis are left out and named. */
  estimateReadings: write({
    zh: '估抄',
    may: 'meters.reading.write',
    takes: Repeatable.extend({
      period: Month,
      read_on: Day.meta({ zh: '抄表日' }),
      /** mean: of the last `mean_of` months; last_year: the same month of last year; fixed: `usage`. */
      rule: z.enum(['mean', 'last_year', 'fixed']).meta({ zh: '估抄规则' }),
      mean_of: z.int().min(1).max(24).optional().meta({ zh: '平均期数' }),
      usage: DialValue.optional().meta({ zh: '每块用量' }),
      meter_ids: z.array(Id).min(1).max(500),
      reason: Reason,
    }),
    gives: z.object({ estimated_count: z.int(), left_out: z.array(z.object({ house_label: z.string(), no: z.string(), why: z.string() })) }),
    refuses: [...READING_REFUSALS, 'meters.estimate_incomplete'],
  }),
  correctReading: write({
    zh: '更正读数',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ reading_id: Id, reading: DialValue.meta({ zh: '更正为' }), rolled: z.boolean().optional().meta({ zh: '已过零' }), parts: Parts.optional().meta({ zh: '分时读数' }), reason: Reason }),
    gives: Recorded,
    refuses: [...READING_REFUSALS, 'meters.reading_billed'],
  }),
  /** After its bill: the bill stands, the difference is taken off or added to the next reading of the meter. */
  settleReading: write({
    zh: '出账后更正读数',
    may: 'meters.reading.release',
    takes: Repeatable.extend({ reading_id: Id, reading: DialValue.meta({ zh: '更正为' }), reason: Reason }),
    gives: z.object({ reading_id: Id, carried_out: z.string().meta({ zh: '下期结清' }) }),
    refuses: ['meters.not_billed', 'meters.later_reading', 'meters.reading_back', 'meters.over_dial'],
  }),
  /** A suspect reading is not billed until a second person says that it is right. */
  confirmReading: write({ zh: '放行存疑读数', may: 'meters.reading.release', takes: Repeatable.extend({ reading_id: Id, note: Needed(100).meta({ zh: '核实情况' }) }), gives: z.object({ reading_id: Id }), refuses: ['meters.not_suspect', 'meters.same_person'] }),
  suspects: read({
    zh: '存疑读数',
    may: 'meters.reading.read',
    takes: Paging.extend({ community_id: Id.optional(), kind: MeterKind.optional() }),
    gives: pageOf(ReadingRow),
  }),
  /** What is worth a look without holding anything back: use in an empty house, no use for months, a doubling against last year. */
  hints: read({
    zh: '用量提示',
    may: 'meters.reading.read',
    takes: Paging.extend({ community_id: Id.optional(), kind: MeterKind.optional(), period: Month, hint: z.enum(['leak', 'vacant_use', 'no_use', 'doubled']).optional().meta({ zh: '提示' }) }),
    gives: pageOf(z.object({ reading_id: Id, meter_id: Id, meter_no: z.string(), kind: MeterKind, house_id: Id.nullable(), house_label: z.string(), building_name: z.string(), hint: z.enum(['leak', 'vacant_use', 'no_use', 'doubled']), usage: z.string(), compared: z.string().nullable() })),
  }),
  meterHistory: read({ zh: '表计读数历史', may: 'meters.reading.read', takes: Paging.extend({ meter_id: Id }), gives: pageOf(HistoryRow) }),
  readingChanges: read({
    zh: '读数更正记录',
    may: 'meters.reading.read',
    takes: z.object({ reading_id: Id }),
    gives: z.object({ rows: z.array(z.object({ change_id: Id, kind: z.enum(['correct', 'settle', 'release']), before_reading: z.string(), after_reading: z.string(), before_usage: z.string(), after_usage: z.string(), carried: z.string(), reason: z.string(), changed_by_name: z.string().nullable(), changed_at: Instant })) }),
  }),
  readingPhoto: download({ zh: '读数照片', may: 'meters.reading.read', takes: z.object({ meter_id: Id, period: Month }) }),

  checkRules: read({ zh: '核查规则', may: 'meters.reading.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(CheckRule), fallback: CheckRule.pick({ high_factor: true, mean_of: true, high_over: true, zero_periods: true, loss_limit_bp: true, leak_factor: true, doubled_factor: true }) }) }),
  saveCheckRule: write({
    zh: '保存核查规则',
    may: 'meters.rule.write',
    takes: Repeatable.extend({
      community_id: Id.nullable().meta({ zh: '小区' }),
      kind: MeterKind,
      from_on: Day.meta({ zh: '生效日' }),
      high_factor: Factor.meta({ zh: '存疑倍数' }),
      mean_of: z.int().min(1).max(24).meta({ zh: '平均期数' }),
      high_over: DialValue.meta({ zh: '免查用量' }),
      max_per_day: Positive.nullable().optional().meta({ zh: '日最大用量' }),
      zero_periods: z.int().min(1).max(24).meta({ zh: '零用量期数' }),
      loss_limit_bp: z.int().min(0).max(10_000).meta({ zh: '损耗上限' }),
      leak_factor: Factor.meta({ zh: '漏水提示倍数' }),
      doubled_factor: Factor.meta({ zh: '同比提示倍数' }),
    }),
    gives: z.object({ rule_id: Id }),
    refuses: ['meters.rule_past'],
  }),

  shareGroups: read({
    zh: '公摊组列表',
    may: 'meters.share.read',
    takes: Paging.extend({ community_id: Id.optional(), kind: ShareKind.optional(), q: Text(40).optional(), with_disabled: z.boolean().optional() }),
    gives: pageOf(ShareGroupRow),
  }),
  shareGroup: read({ zh: '公摊组', may: 'meters.share.read', takes: z.object({ group_id: Id }), gives: ShareGroupRow.extend({ rules: z.array(ShareRuleRow), house_count: z.int() }) }),
  saveShareGroup: write({ zh: '保存公摊组', may: 'meters.share.write', takes: Repeatable.extend({ group_id: Id.optional(), ...ShareGroupFields }), gives: z.object({ group_id: Id }), refuses: ['meters.share_name_taken', 'meters.share_place_missing', 'meters.share_has_splits'] }),
  setShareGroupDisabled: write({ zh: '停用或启用公摊组', may: 'meters.share.write', takes: Repeatable.extend({ group_id: Id, disabled: z.boolean() }), gives: z.object({ group_id: Id }) }),
  /** A version from a day on; the ones before stay as they were. */
  publishShareRule: write({ zh: '发布公摊规则', may: 'meters.share.write', takes: Repeatable.extend(ShareRuleFields), gives: z.object({ rule_id: Id }), refuses: ['meters.share_rule_incomplete', 'meters.share_rule_taken', 'meters.share_source_other'] }),
  shareMembers: read({ zh: '公摊组的户', may: 'meters.share.read', takes: Paging.extend({ group_id: Id, current_only: z.boolean().optional() }), gives: pageOf(ShareMemberRow) }),
  /** Weights and coefficients of houses; 0 takes no part. An earlier entry of the house ends on the day the new one begins. */
  setShareMembers: write({ zh: '设定公摊户', may: 'meters.share.write', takes: Repeatable.extend({ group_id: Id, rows: z.array(ShareMemberIn).min(1).max(500) }), gives: z.object({ count: z.int() }), refuses: ['meters.share_member_later'] }),
  endShareMember: write({ zh: '结束公摊户的设定', may: 'meters.share.write', takes: Repeatable.extend({ group_id: Id, house_id: Id, to_on: Day.meta({ zh: '止(不含)' }) }), gives: z.object({ house_id: Id }), refuses: ['meters.share_member_none'] }),

  /** Computes the split of a month; a draft that is there is computed anew. */
  draftSplit: write({ zh: '公摊试算', may: 'meters.share.write', takes: Repeatable.extend({ group_id: Id, ...DraftSplit }), gives: z.object({ split_id: Id, total_fen: FenShape, house_count: z.int() }), refuses: [...SPLIT_REFUSALS] }),
  /** All groups of a community that are split by price; those that cannot are named with the reason. */
  draftSplits: write({ zh: '成批公摊试算', may: 'meters.share.write', takes: Repeatable.extend({ community_id: Id, period: Month }), gives: z.object({ drafted_count: z.int(), left_out: z.array(z.object({ group_id: Id, name: z.string(), why: z.string() })) }) }),
  discardSplit: write({ zh: '放弃公摊草稿', may: 'meters.share.write', takes: Repeatable.extend({ split_id: Id }), gives: z.object({ split_id: Id }), refuses: ['meters.split_not_draft'] }),
  shareSplits: read({ zh: '公摊列表', may: 'meters.share.read', takes: Paging.extend({ community_id: Id.optional(), group_id: Id.optional(), period: Month.optional(), state: SplitState.optional() }), gives: pageOf(ShareSplitRow).extend({ total_fen: FenShape }) }),
  shareSplit: read({ zh: '公摊详情', may: 'meters.share.read', takes: z.object({ split_id: Id }), gives: ShareSplitRow.extend({ rule: ShareRuleRow, usage: z.array(UsageLine), rule_text: z.string() }) }),
  shareParts: read({ zh: '公摊明细', may: 'meters.share.read', takes: Paging.extend({ split_id: Id, q: Text(40).optional(), only: z.enum(['zero', 'no_payer']).optional() }), gives: pageOf(SharePartRow).extend({ no_payer_count: z.int() }) }),
  sharePartsExcel: download({ zh: '导出公摊明细', may: 'meters.share.read', takes: z.object({ split_id: Id }) }),
  /** To be posted in the building: quantity, price, total, rule and each room's part; no names. */
  sharePosting: download({ zh: '打印公摊公示', may: 'meters.share.read', takes: z.object({ split_id: Id }), refuses: ['meters.too_many_to_print'] }),

  /** Main meters of a month against the sum of what stands below them. */
  balance: read({
    zh: '总分表平衡',
    may: 'meters.reading.read',
    takes: Paging.extend({ community_id: Id.optional(), kind: MeterKind.optional(), period: Month, only: z.enum(['alarm', 'missing']).optional().meta({ zh: '只看' }) }),
    gives: pageOf(BalanceRow).extend({ alarm_count: z.int(), incomplete_count: z.int() }),
  }),
  balanceExcel: download({ zh: '导出总分表平衡', may: 'meters.reading.read', takes: z.object({ community_id: Id.optional(), kind: MeterKind.optional(), period: Month }) }),
  /** One main meter: the months, and the parts of one month. */
  balanceOf: read({
    zh: '总表与分表',
    may: 'meters.reading.read',
    takes: Paging.extend({ point_id: Id, period: Month }),
    gives: pageOf(BalancePart).extend({ main: BalanceRow, months: z.array(z.object({ period: Month, main_usage: z.string().nullable(), sub_usage: z.string(), loss: z.string().nullable(), loss_bp: z.int().nullable() })) }),
  }),

  /** A resident's own: use by month and the readings behind it. */
  myUsage: read({
    zh: '我的用量',
    may: 'resident',
    takes: z.object({ house_id: Id }),
    gives: z.object({
      meters: z.array(z.object({
        kind: MeterKind, point_id: Id, no: z.string(),
        months: z.array(z.object({ period: Month, usage: z.string() })),
        readings: z.array(z.object({ meter_id: Id, period: Month, read_on: Day, previous: z.string(), reading: z.string(), usage: z.string(), multiplier: z.string(), source: z.string(), rolled: z.boolean(), carried_in: z.string(), has_photo: z.boolean(), register_usages: z.array(z.object({ register: Register, usage: z.string() })) })),
      })),
    }),
  }),
  myReadingPhoto: download({ zh: '我的读数照片', may: 'resident', takes: z.object({ house_id: Id, meter_id: Id, period: Month }) }),
})
export const events = {}
