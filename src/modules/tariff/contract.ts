import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { MeterKind } from '../meters/contract.ts'

/** A version's rules as they stand in a file (docs/tariffs.md); read by rules/spec.ts, which names every fault. */
const Spec = z.record(z.string(), z.unknown()).refine((v) => JSON.stringify(v).length <= 200_000, '价目过大').meta({ zh: '计价规则' })
const VersionChange = z.enum(['by_days', 'by_reading', 'next_bill', 'at_end']).meta({ zh: '账期内变更' })
const Attribute = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, '应为小写字母、数字、下划线,如 height_m').meta({ zh: '属性' })

export const TariffRow = z.object({
  tariff_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  name: z.string().meta({ zh: '价目' }),
  meter_kind: MeterKind.nullable(),
  version_change: VersionChange,
  note: z.string().nullable(),
  disabled: z.boolean(),
  from_on: Day.nullable().meta({ zh: '现行版本生效日' }),
  basis: z.string().nullable().meta({ zh: '依据' }),
  next_on: Day.nullable().meta({ zh: '下一版本生效日' }),
  version_count: z.int().meta({ zh: '版本数' }),
  draft_by_name: z.string().nullable().meta({ zh: '草稿' }),
  can: Can('write', 'publish'),
})
export type TariffRow = z.output<typeof TariffRow>
export const VersionRow = z.object({
  version_id: Id, from_on: Day.meta({ zh: '生效日' }), to_on: Day.nullable().meta({ zh: '失效日(不含)' }), basis: z.string().meta({ zh: '依据' }), spec: Spec, state: z.enum(['past', 'now', 'future']).meta({ zh: '状态' }),
  created_by_name: z.string().nullable().meta({ zh: '编制人' }), published_by_name: z.string().nullable().meta({ zh: '发布人' }), published_at: Instant.meta({ zh: '发布时间' }),
})
export type VersionRow = z.output<typeof VersionRow>
export const Draft = z.object({ from_on: Day, basis: z.string(), spec: Spec, hash: z.string(), saved_by_name: z.string().nullable(), saved_at: Instant })
export type Draft = z.output<typeof Draft>
export const TariffDetail = TariffRow.extend({ versions: z.array(VersionRow), draft: Draft.nullable() })
export type TariffDetail = z.output<typeof TariffDetail>

const AttributeRow = z.object({ attribute_id: Id, house_id: Id, house_label: z.string().meta({ zh: '房号' }), name: z.string().meta({ zh: '属性' }), value: z.string().meta({ zh: '值' }), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.nullable().meta({ zh: '止(不含)' }), note: z.string().nullable().meta({ zh: '说明' }), can: Can('write') })
const HouseCase = z.object({ house_id: Id, house_label: z.string().meta({ zh: '房号' }), values: z.record(z.string(), z.unknown()) })
/** One of the two sides of a comparison: a published version, or the draft. */
const Side = z.union([Id, z.literal('draft')])

export const tariff = contract('tariff', {
  tariffs: read({ zh: '价目列表', may: 'tariff.tariff.read', takes: z.object({ community_id: Id.optional(), with_disabled: z.boolean().optional() }), gives: z.object({ rows: z.array(TariffRow) }) }),
  tariff: read({ zh: '价目', may: 'tariff.tariff.read', takes: z.object({ tariff_id: Id }), gives: TariffDetail }),
  saveTariff: write({
    zh: '保存价目',
    may: 'tariff.tariff.write',
    takes: Repeatable.extend({ tariff_id: Id.optional(), community_id: Id, name: Needed(40).meta({ zh: '名称' }), meter_kind: MeterKind.nullable(), version_change: VersionChange, note: Text(200).nullable().meta({ zh: '说明' }) }),
    gives: z.object({ tariff_id: Id }),
    refuses: ['tariff.name_taken'],
  }),
  setTariffDisabled: write({ zh: '停用或启用价目', may: 'tariff.tariff.write', takes: Repeatable.extend({ tariff_id: Id, disabled: z.boolean() }), gives: z.object({ tariff_id: Id }) }),
  saveDraft: write({
    zh: '保存价目草稿',
    may: 'tariff.tariff.write',
    takes: Repeatable.extend({ tariff_id: Id, from_on: Day.meta({ zh: '生效日' }), basis: Needed(200).meta({ zh: '依据' }), spec: Spec }),
    gives: z.object({ tariff_id: Id, hash: z.string() }),
    refuses: ['tariff.spec_faulty', 'tariff.day_taken'],
  }),
  dropDraft: write({ zh: '放弃价目草稿', may: 'tariff.tariff.write', takes: Repeatable.extend({ tariff_id: Id }), gives: z.object({ tariff_id: Id }), refuses: ['tariff.no_draft'] }),
  publishDraft: write({
    zh: '发布价目版本',
    may: 'tariff.tariff.publish',
    takes: Repeatable.extend({ tariff_id: Id, hash: z.string().max(100) }),
    gives: z.object({ version_id: Id, from_on: Day }),
    refuses: ['tariff.no_draft', 'tariff.same_person', 'tariff.draft_changed', 'tariff.day_taken'],
  }),
  /** What the product knows of houses, as cases: the screen tries a draft on them without asking again. */
  houseCases: read({ zh: '房产的计价输入', may: 'tariff.tariff.read', takes: Paging.extend({ tariff_id: Id, period: Month.meta({ zh: '账期' }), q: Text(40).optional() }), gives: pageOf(HouseCase) }),
  /** Two versions over all houses of the community: sums, and the houses that change most first. */
  compare: read({
    zh: '价目版本对比',
    may: 'tariff.tariff.read',
    takes: Paging.extend({ tariff_id: Id, a: Side, b: Side, period: Month.meta({ zh: '账期' }) }),
    gives: pageOf(z.object({ house_id: Id, house_label: z.string().meta({ zh: '房号' }), a_fen: FenShape.nullable(), b_fen: FenShape.nullable(), diff_fen: FenShape.meta({ zh: '相差' }), fault: z.string().nullable().meta({ zh: '算不出的原因' }), explanation: z.string().meta({ zh: '计算过程' }) })).extend({
      house_count: z.int(), a_fen: FenShape, b_fen: FenShape, higher_count: z.int(), lower_count: z.int(), fault_count: z.int(),
    }),
    refuses: ['tariff.no_draft', 'tariff.too_many_houses'],
  }),

  attributes: read({ zh: '逐户计价属性', may: 'tariff.tariff.read', takes: Paging.extend({ community_id: Id, name: Attribute.optional(), q: Text(40).optional(), current_only: z.boolean().optional() }), gives: pageOf(AttributeRow) }),
  setAttributes: write({
    zh: '设置逐户计价属性',
    may: 'tariff.tariff.write',
    takes: Repeatable.extend({ house_ids: z.array(Id).min(1).max(500), name: Attribute, value: Needed(60).meta({ zh: '值' }), from_on: Day.meta({ zh: '起(含)' }), to_on: Day.nullable().optional().meta({ zh: '止(不含)' }), note: Text(100).nullable().optional().meta({ zh: '说明' }) }),
    gives: z.object({ count: z.int() }),
    refuses: ['tariff.attribute_overlap', 'tariff.dates_reversed'],
  }),
  endAttribute: write({ zh: '结束逐户计价属性', may: 'tariff.tariff.write', takes: Repeatable.extend({ attribute_id: Id, to_on: Day.meta({ zh: '止(不含)' }) }), gives: z.object({ attribute_id: Id }), refuses: ['tariff.dates_reversed'] }),
})
