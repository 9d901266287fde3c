// Days and hours of something that is done by the clock: scenes and rules share them.
import { z } from 'zod'
import { Day } from '../../kernel/shapes.ts'

const DAYS_KINDS = ['all', 'work', 'rest', 'week'] as const
const Times = z.array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '时刻写作 18:30')).min(1, '至少一个时刻').max(12, '一天最多 12 个时刻')
export const ScheduleFields = { from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止(含)' }), days: z.enum(DAYS_KINDS).meta({ zh: '哪些天' }), weekdays: z.array(z.int().min(0).max(6)).max(7).default([]).meta({ zh: '星期' }), times: Times.meta({ zh: '时刻' }) }
