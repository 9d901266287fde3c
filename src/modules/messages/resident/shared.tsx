import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { inWechat } from '../../../ui/phone/wechat.ts'
import { messages } from '../contract.ts'

export const BACK = 'heyuan.wechat.back'

/** Goes to WeChat and comes back to `back`. */
export function useBindWechat(): { run: (back: string) => Promise<void>; running: boolean } {
  const begin = useWrite(messages.beginWechat)
  const [leaving, setLeaving] = useState(false)
  return {
    running: begin.running || leaving,
    run: async (back) => {
      const to = await begin.run({ origin: location.origin })
      if (!to) return
      sessionStorage.setItem(BACK, back)
      setLeaving(true)
      location.assign(to.authorize_url)
    },
  }
}

/** On pages where it helps: only inside WeChat, only while nothing is bound. */
export function BindCard({ back, text }: { back: string; text: string }) {
  const inside = inWechat()
  const mine = useRead(messages.myWechat, {}, { enabled: inside, stale_ms: 60_000 })
  const bind = useBindWechat()
  if (!mine.data?.offered || mine.data.bound_at) return null
  return (
    <section className="ph-card ph-between" aria-label="绑定微信">
      <span>{text}</span>
      <Button color="primary" fill="outline" loading={bind.running} onClick={() => void bind.run(back)}>绑定微信</Button>
    </section>
  )
}
