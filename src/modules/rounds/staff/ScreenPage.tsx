// 动态码屏: an old phone or tablet fixed at a point shows a code that changes; it holds out for two hours without network.
import { useEffect, useState } from 'react'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { useRead } from '../../../ui/api.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { rounds } from '../contract.ts'

const ASK_MS = 30 * 60_000
const TICK_MS = 1000
export function ScreenPage() {
  const point_id = useParam('point_id')
  const screen = useRead(rounds.pointScreen, { point_id }, { refresh_ms: ASK_MS, keep: true })
  return (
    <Page title={screen.data?.name ?? '动态码'} back="/mine">
      <Loaded reading={screen}>{(d) => <Shown key={d.now} seconds={d.seconds} codes={d.codes} off_ms={Date.parse(d.now) - nowMs()} />}</Loaded>
    </Page>
  )
}
function Shown({ seconds, codes, off_ms }: { seconds: number; codes: readonly { from: string; text: string }[]; off_ms: number }) {
  const [off] = useState(off_ms)
  const [now, setNow] = useState(() => Date.parse(nowIso()) + off)
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs() + off), TICK_MS)
    // A screen at a point must not go dark.
    let lock: { release: () => Promise<void> } | undefined
    void (navigator as unknown as { wakeLock?: { request: (k: 'screen') => Promise<{ release: () => Promise<void> }> } }).wakeLock?.request('screen').then((l) => (lock = l), () => undefined)
    return () => { clearInterval(timer); void lock?.release() }
  }, [off])
  const at = codes.findLast((c) => Date.parse(c.from) <= now)
  const fresh = at && now - Date.parse(at.from) < seconds * 1000
  const [drawn, setDrawn] = useState('')
  const text = fresh ? at.text : ''
  useEffect(() => {
    if (text) void import('qrcode').then((m) => m.toDataURL(text, { errorCorrectionLevel: 'M', margin: 2, width: 640 })).then(setDrawn)
  }, [text])
  if (!fresh) return <StateBlock icon="offline" title="动态码已用完" text="超过两小时没有网络,请连接网络" />
  return <div className="ph-section ph-center">{drawn ? <img className="st-screen" src={drawn} alt={`动态码,${Math.ceil((Date.parse(at.from) + seconds * 1000 - now) / 1000)} 秒后更换`} /> : null}<p className="ph-weak">每 {seconds} 秒更换,翻拍无效</p></div>
}
