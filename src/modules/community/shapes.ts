import { z } from 'zod'
import { Day, Id, Needed } from '../../kernel/shapes.ts'

export const ROLES = ['owner', 'tenant', 'household'] as const
export const SCOPES = ['community', 'zone', 'building', 'unit', 'house'] as const
export const HOUSE_KINDS = ['dwelling', 'shop', 'office', 'garage', 'storage', 'bay'] as const
/** `expired` is told by the day: published, and its last day is over. */
export const STATES = ['draft', 'asked', 'scheduled', 'published', 'expired', 'replaced', 'withdrawn'] as const
export const PICTURES_MAX = 9
export const FILES_MAX = 5
/** What a printed sheet holds (`letter_a4`). */
const LINES_MAX = 60
const LINE_MAX = 1500

export const Target = z.object({ scope: z.enum(SCOPES), target_id: Id })
export type Target = z.output<typeof Target>
export const Audience = z.object({
  community_id: Id.meta({ zh: '小区' }), targets: z.array(Target).min(1, '至少选一个范围').max(200, '最多选 200 个;更多请选整栋或整个小区').meta({ zh: '发给哪些房产' }),
  roles: z.array(z.enum(ROLES)).min(1, '至少选一种').max(3).meta({ zh: '发给谁' }), house_kinds: z.array(z.enum(HOUSE_KINDS)).max(6).default([]).meta({ zh: '只发给这些房产' }),
})
export type Audience = z.output<typeof Audience>
export const Counts = z.object({ building_count: z.int(), house_count: z.int(), person_count: z.int(), unreachable_count: z.int() })
export type Counts = z.output<typeof Counts>
const Moment = z.iso.datetime()
export const NoticeShape = {
  ...Audience.shape,
  kind_id: Id.meta({ zh: '类别' }), title: Needed(30).meta({ zh: '标题' }),
  body: Needed(6000).refine((v) => v.split('\n').filter((l) => l.trim()).length <= LINES_MAX, `最多 ${LINES_MAX} 段`).refine((v) => v.split('\n').every((l) => l.length <= LINE_MAX), `一段最多 ${LINE_MAX} 字,请分段`).meta({ zh: '正文' }),
  urgent: z.boolean().meta({ zh: '紧急' }), by_sms: z.boolean().default(false).meta({ zh: '同时发短信' }), must_confirm: z.boolean().meta({ zh: '要求确认「我已知晓」' }), pinned: z.boolean().meta({ zh: '置顶' }),
  publish_at: Moment.nullable().meta({ zh: '定时发布' }), valid_until_on: Day.nullable().meta({ zh: '有效至(含)' }),
  picture_ids: z.array(Id).max(PICTURES_MAX, `最多 ${PICTURES_MAX} 张`).default([]).meta({ zh: '图片' }), file_ids: z.array(Id).max(FILES_MAX, `最多 ${FILES_MAX} 个`).default([]).meta({ zh: '附件' }),
}
