import type { Tone } from '../../../ui/bits.tsx'

export const HOUSE_TONES: Record<string, Tone> = { unsold: 'plain', vacant: 'plain', lived_in: 'good', let: 'busy', renovating: 'warn', disabled: 'plain' }
