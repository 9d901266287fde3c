// 开门: the resident's code, new each half minute and good for a while without network; the doors it opens; his cards, and reporting one lost.
import { Button } from 'antd-mobile'
import { useEffect, useState } from 'react'
import { nowMs } from '../../../kernel/clock.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Row, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { doors } from '../contract.ts'
import { reachedText, said } from '../shown.ts'
import { FacePart, HelpersPart } from './FacePart.tsx'

type Mine = Out<typeof doors.myDoors.gives>
const TICK_MS = 1_000
export function DoorsPage() {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="开门" back="/">
      <Loaded reading={reading}>{() => (house ? <><section className="ph-card"><HouseSwitcher houses={houses} house={house} /></section><OfHouse key={house.house_id} house_id={house.house_id} /></> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心登记" />)}</Loaded>
    </Page>
  )
}
function OfHouse({ house_id }: { house_id: string }) {
  const mine = useRead(doors.myDoors, { house_id }, { stale_ms: 0 })
  return <Loaded reading={mine}>{(d) => (d.has_doors ? <>{d.ready ? <Code house_id={house_id} left={d.left_doors} /> : <Start house_id={house_id} />}<Opens d={d} /><Cards d={d} /><FacePart house_id={house_id} /><HelpersPart house_id={house_id} /></> : <StateBlock icon="info" title="本小区还没有联网的门禁" text="有了联网门禁后,这里会显示开门码" />)}</Loaded>
}
function Start({ house_id }: { house_id: string }) {
  const start = useWrite(doors.startCode, { done: '已开通' })
  return (
    <section className="ph-card ph-section">
      <h2>开通手机开门码</h2>
      <p className="ph-weak">开通后用手机上的二维码开门,不用人脸。二维码每半分钟换一次,请不要截图给别人;访客请用「访客」发通行证。</p>
      <Button className="ph-big" block color="primary" loading={start.running} onClick={() => void start.run({ house_id })}>开通开门码</Button>
    </section>
  )
}
function Code({ house_id, left }: { house_id: string; left: number }) {
  const codes = useRead(doors.myCodes, { house_id }, { stale_ms: 0, refresh_ms: 120_000 })
  const [now, setNow] = useState(nowMs)
  const [drawn, setDrawn] = useState<{ text: string; url: string }>()
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const list = codes.data?.codes ?? []
  const code = list.find((x) => Date.parse(x.from_at) <= now && now < Date.parse(x.to_at))
  const text = code?.text
  useEffect(() => {
    if (text) void import('qrcode').then((m) => m.toDataURL(text, { errorCorrectionLevel: 'L', margin: 2, width: 640 })).then((url) => setDrawn({ text, url }))
  }, [text])
  return (
    <section className="ph-card ph-section ph-center" aria-label="开门码">
      <Loaded reading={codes}>
        {() => (code && drawn?.text === code.text ? <><img src={drawn.url} alt="开门二维码" style={{ width: 'min(100%, 17rem)', margin: '0 auto' }} /><p className="ph-weak">对准门上的扫码窗;{Math.max(1, Math.ceil((Date.parse(code.to_at) - now) / 1000))} 秒后更换</p></> : list.length === 0 ? <StateBlock icon="warn" title="还没有可开的门" text="请联系物业服务中心授权" /> : code ? <p className="ph-weak">正在生成</p> : <StateBlock icon="offline" title="开门码已过期" text="手机没有网络,或时间不准;联网后自动更新" />)}
      </Loaded>
      {left > 0 ? <p className="ph-small ph-weak">还有 {left} 扇门未生效,稍后再试</p> : null}
    </section>
  )
}
function Opens({ d }: { d: Mine }) {
  if (d.doors.length === 0) return null
  return <><h2 className="ph-h2">可以开的门</h2><div className="ph-list">{d.doors.map((x) => <Row key={x.door_id} icon="key" title={x.name} side={x.online ? undefined : <span className="ph-weak">断网,仍可开门</span>} />)}</div></>
}
function Cards({ d }: { d: Mine }) {
  const lose = useWrite(doors.loseMine, { done: (a) => `已挂失;${reachedText(a.reached)}` })
  if (d.cards.length === 0) return null
  return (
    <>
      <h2 className="ph-h2">我的门禁卡</h2>
      {d.cards.map((k) => (
        <section key={k.card_id} className="ph-card ph-section" aria-label={`门禁卡 ${k.card_masked}`}>
          <div className="ph-between"><h3 className="ph-num">{k.card_masked}</h3><Tag kind={k.state === 'live' ? 'good' : 'warn'}>{said('card', k.state)}</Tag></div>
          <Facts rows={[k.house_label ? ['房号', k.house_label] : null, ['发卡', instant(k.issued_at).slice(0, 10)]]} />
          {k.can.lose === true ? <Button className="ph-mid" block color="danger" fill="outline" loading={lose.running} onClick={async () => { if (await confirm({ title: '挂失这张卡?', text: '挂失后这张卡不能再开门,补卡请到服务中心', yes: '挂失' })) await lose.run({ card_id: k.card_id }, k.card_id) }}>挂失</Button> : null}
        </section>
      ))}
    </>
  )
}
