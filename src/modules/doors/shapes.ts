import { z } from 'zod'

const Clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '应为 时:分,如 08:00')
export const Time = z.object({ days: z.array(z.int().min(1).max(7)).min(1, '至少选一天').max(7).meta({ zh: '星期' }), from: Clock.meta({ zh: '从' }), to: Clock.meta({ zh: '到' }) })
export type Time = z.output<typeof Time>
export const Times = z.array(Time).max(6, '最多 6 段').meta({ zh: '时段' })
/** How far the lists are on the controllers. */
export const Reached = z.object({ door_count: z.int(), left_doors: z.int(), deny_left_doors: z.int() })
