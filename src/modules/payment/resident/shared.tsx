import { Tag } from '../../../ui/phone/bits.tsx'
import type { Method } from '../contract.ts'
import { words } from '../words.ts'

/** Where a payment that was begun is followed: the page the payer comes back to. */
export const resultPath = (intent_id: string): string => `/pay/${intent_id}`

/** Only a web address can be gone to; a code to scan is shown at the desk. */
export const leadTo = (pay_url: string): string | undefined => (/^https?:\/\//.test(pay_url) ? pay_url : undefined)
export const methodsText = (methods: readonly Method[]): string => methods.map((m) => words.states?.['method']?.[m] ?? m).join('、')

interface Channel {
  channel_id: string
  name: string
  simulated: boolean
}
export function ChannelChoice({ channels, value, choose }: { channels: readonly Channel[]; value: string | undefined; choose: (channel_id: string) => void }) {
  return (
    <fieldset className="ph-section">
      <legend className="ph-h2">支付方式</legend>
      <ul className="ph-list">
        {channels.map((c) => (
          <li key={c.channel_id}>
            <label className="ph-row ph-check"><span className="ph-row-body">{c.name}{c.simulated ? <Tag kind="warn">样例环境,不会真实扣款</Tag> : null}</span><input type="radio" name="channel" checked={c.channel_id === value} onChange={() => choose(c.channel_id)} /></label>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}

/** A link is of no use without the secret, which the server gives once and never again. */
export const linkUrl = (token: string): string => `${location.origin}/resident/link/${token}`
