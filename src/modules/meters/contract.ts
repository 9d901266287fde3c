import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Decimal, Id, Instant, Month, Needed, PAGE_MAX, Paging, Positive, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const MeterKind = z.enum(['water', 'electricity', 'gas', 'heat']).meta({ zh: '表种' })
export const ReadingState = z.enum(['good', 'suspect', 'corrected']).meta({ zh: '读数状态' })
const NotNegative = Decimal.refine((v) => !v.startsWith('-'), '不能为负')

export const Meter = z.object({
  meter_id: Id,
  house_id: Id,
  kind: MeterKind,
  no: Needed(40).meta({ zh: '表号' }),
  multiplier: Positive.meta({ zh: '倍率' }),
  start_reading: NotNegative.meta({ zh: '起始读数' }),
  installed_on: Day.meta({ zh: '安装日' }),
})
export const MeterRow = Meter.extend({
  community_id: Id,
  community_name: z.string(),
  building_id: Id,
  building_name: z.string(),
  house_label: z.string().meta({ zh: '房号' }),
  removed_on: Day.nullable().meta({ zh: '拆除日' }),
  last_reading: z.string().nullable().meta({ zh: '最近读数' }),
  last_read_on: Day.nullable().meta({ zh: '最近抄表日' }),
  /** write: change the entry; replace: record the change of the device. */
  can: Can('write', 'replace'),
})
export type MeterRow = z.output<typeof MeterRow>

/** One meter of a round with its reading of the month, if there is one. */
export const ReadingRow = z.object({
  meter_id: Id,
  meter_no: z.string().meta({ zh: '表号' }),
  kind: MeterKind,
  multiplier: z.string(),
  community_id: Id,
  building_id: Id,
  building_name: z.string(),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  floor_no: z.int(),
  period: Month,
  previous: z.string().meta({ zh: '上次读数' }),
  /** Mean usage of the last six readings before this month; null when there is none. */
  mean_usage: z.string().nullable().meta({ zh: '平均用量' }),
  reading_id: Id.nullable(),
  reading: z.string().nullable().meta({ zh: '本次读数' }),
  usage: z.string().nullable().meta({ zh: '用量' }),
  state: ReadingState.nullable(),
  read_on: Day.nullable().meta({ zh: '抄表日' }),
  source: z.enum(['hand', 'excel', 'phone', 'remote', 'estimate']).nullable().meta({ zh: '来源' }),
  note: z.string().nullable().meta({ zh: '备注' }),
  read_by_name: z.string().nullable().meta({ zh: '抄表人' }),
  /** record: enter the first reading; correct: change it; confirm: a suspect reading is right. */
  can: Can('record', 'correct', 'confirm'),
})
export type ReadingRow = z.output<typeof ReadingRow>

const RoundFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  house_id: Id.optional(),
  kind: MeterKind.optional(),
  period: Month.meta({ zh: '账期' }),
  state: z.enum(['missing', 'done', 'suspect']).optional().meta({ zh: '进度' }),
  /** A room (1-2-301), or a meter number. */
  q: Text(40).optional(),
})
const Progress = z.object({ meter_count: z.int(), read_count: z.int(), suspect_count: z.int() })
export const Recorded = z.object({ reading_id: Id, previous: z.string(), usage: z.string(), mean_usage: z.string().nullable(), state: ReadingState })

export const meters = contract('meters', {
  meters: read({
    zh: '表计列表',
    may: 'meters.meter.read',
    takes: Paging.extend({ community_id: Id.optional(), building_id: Id.optional(), house_id: Id.optional(), kind: MeterKind.optional(), removed: z.boolean().optional(), q: Text(40).optional() }),
    gives: pageOf(MeterRow),
  }),
  saveMeter: write({
    zh: '保存表计',
    may: 'meters.meter.write',
    takes: Repeatable.extend(Meter.partial({ meter_id: true }).shape),
    gives: z.object({ meter_id: Id }),
    refuses: ['meters.no_taken', 'meters.has_readings'],
  }),
  /** The old device's last reading is recorded in the month of the change, the new one starts at its own reading. */
  replaceMeter: write({
    zh: '换表',
    may: 'meters.meter.write',
    takes: Repeatable.extend({
      meter_id: Id,
      on_day: Day.meta({ zh: '换表日' }),
      last_reading: NotNegative.meta({ zh: '旧表止数' }),
      new_no: Needed(40).meta({ zh: '新表号' }),
      new_start_reading: NotNegative.meta({ zh: '新表起数' }),
      new_multiplier: Positive.optional().meta({ zh: '新表倍率' }),
      note: Text(100).optional(),
    }),
    gives: z.object({ meter_id: Id, reading_id: Id.nullable() }),
    refuses: ['meters.no_taken', 'meters.removed', 'meters.reading_back', 'meters.before_last'],
  }),

  readings: read({ zh: '抄表列表', may: 'meters.reading.read', takes: Paging.extend(RoundFilter.shape), gives: pageOf(ReadingRow).extend({ progress: Progress }) }),
  readingsExcel: download({ zh: '导出抄表', may: 'meters.reading.read', takes: RoundFilter }),
  /** Progress of a month by building, for the desk and the start of a round. */
  rounds: read({
    zh: '抄表进度',
    may: 'meters.reading.read',
    takes: z.object({ community_id: Id.optional(), period: Month, kind: MeterKind.optional() }),
    gives: z.object({ rows: z.array(Progress.extend({ community_id: Id, community_name: z.string(), building_id: Id, building_name: z.string(), kind: MeterKind })) }),
  }),
  /** Entry at the desk: all or none. */
  saveReadings: write({
    zh: '录入读数',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ period: Month, read_on: Day.meta({ zh: '抄表日' }), rows: z.array(z.object({ meter_id: Id, reading: NotNegative.meta({ zh: '本次读数' }), note: Text(100).optional() })).min(1).max(500) }),
    gives: z.object({ saved_count: z.int(), suspect_count: z.int() }),
    refuses: ['meters.reading_back', 'meters.already_read', 'meters.removed', 'meters.later_reading', 'meters.read_on_out'],
  }),
  /** A staff member's round by phone, in walking order. */
  roundList: read({ zh: '抄表任务', may: 'meters.reading.write', takes: Paging.extend({ ...RoundFilter.shape, page_size: z.int().min(1).max(PAGE_MAX).default(PAGE_MAX) }), gives: pageOf(ReadingRow).extend({ progress: Progress }) }),
  recordReading: write({
    zh: '抄一块表',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ meter_id: Id, period: Month, reading: NotNegative.meta({ zh: '本次读数' }), read_on: Day.optional(), note: Text(100).optional() }),
    gives: Recorded,
    refuses: ['meters.reading_back', 'meters.already_read', 'meters.removed', 'meters.later_reading', 'meters.read_on_out'],
  }),
  correctReading: write({
    zh: '更正读数',
    may: 'meters.reading.write',
    takes: Repeatable.extend({ reading_id: Id, reading: NotNegative.meta({ zh: '更正为' }), reason: Reason }),
    gives: Recorded,
    refuses: ['meters.reading_back', 'meters.later_reading', 'meters.reading_billed'],
  }),
  /** A suspect reading is not billed until somebody says it is right. */
  confirmReading: write({ zh: '确认存疑读数', may: 'meters.reading.write', takes: Repeatable.extend({ reading_id: Id, note: Needed(100).meta({ zh: '核实情况' }) }), gives: z.object({ reading_id: Id }), refuses: ['meters.not_suspect'] }),
  meterHistory: read({
    zh: '表计读数历史',
    may: 'meters.reading.read',
    takes: Paging.extend({ meter_id: Id }),
    gives: pageOf(z.object({ reading_id: Id, period: Month, read_on: Day, previous: z.string(), reading: z.string(), usage: z.string(), state: ReadingState, source: z.string(), note: z.string().nullable(), read_by_name: z.string().nullable(), created_at: Instant })),
  }),
})
export const events = {}
