import type { Tone } from '../../../ui/bits.tsx'

export const STATE_TONES: Record<string, Tone> = { uploaded: 'warn', reading: 'busy', previewed: 'warn', applying: 'busy', applied: 'good', undoing: 'busy', undone: 'plain', cancelled: 'plain', failed: 'bad' }
export const EFFECT_TONES: Record<string, Tone> = { new: 'good', change: 'warn', same: 'plain' }
export const APPROVAL_TONES: Record<string, Tone> = { asked: 'warn', agreed: 'good', refused: 'bad', withdrawn: 'plain' }
export const STEP_TONES: Record<string, Tone> = { agreed: 'good', refused: 'bad', waiting: 'warn', later: 'plain', skipped: 'plain' }
