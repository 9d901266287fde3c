// From an order to where it is paid: WeChat's own sheet where the page is open in WeChat, else the provider's page. Whatever breaks on the way, the result page tells how it stands.
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { go } from '../../../ui/phone/router.tsx'
import { inWechat, payInWechat } from '../../../ui/phone/wechat.ts'
import { payment } from '../contract.ts'
import { leadTo, resultPath } from './shared.tsx'

export function useLeaveToPay(): { run: (intent_id: string) => Promise<void>; running: boolean } {
  const send = useWrite(payment.sendIntent)
  const [leaving, setLeaving] = useState(false)
  const run = async (intent_id: string): Promise<void> => {
    const sent = await send.run({ intent_id, origin: location.origin, in_wechat: inWechat() }, intent_id)
    const result = (back: boolean): void => go(`${resultPath(intent_id)}${back ? '?back=1' : ''}`, { replace: true })
    if (sent?.jsapi) {
      setLeaving(true)
      const said = await payInWechat(sent.jsapi)
      setLeaving(false)
      return result(said === 'done')
    }
    const url = sent?.pay_url ? leadTo(sent.pay_url) : undefined
    if (!url) return result(false)
    setLeaving(true)
    location.assign(url)
  }
  return { run, running: send.running || leaving }
}
