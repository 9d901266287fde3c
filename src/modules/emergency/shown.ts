// How states are said on every face and in exports.
import { words } from './words.ts'

export const said = (of: keyof NonNullable<typeof words.states>, code: string): string => words.states?.[of]?.[code] ?? code
export const VERSION_TONE = { draft: 'plain', submitted: 'busy', published: 'good', replaced: 'plain' } as const
export const DRILL_TONE = { planned: 'plain', held: 'busy', closed: 'good', cancelled: 'plain' } as const
export const TASK_TONE = { open: 'warn', done: 'busy', checked: 'good' } as const
export const INCIDENT_TONE = { running: 'bad', ended: 'warn', closed: 'good' } as const
