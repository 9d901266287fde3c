import { Tag } from '../../../ui/phone/bits.tsx'
import type { State } from '../contract.ts'
import { TONE, said } from '../shown.ts'

export function StateMark({ state }: { state: State }) {
  const tone = TONE[state]
  return <Tag {...(tone === 'plain' ? {} : { kind: tone })}>{said('state', state)}</Tag>
}
