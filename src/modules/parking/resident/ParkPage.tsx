// 停车缴费: opened by the sign in the car park, without an account: plate in, what is owed, one button.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { readNow, asRefused, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Facts, Field, Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { keepWayBack } from '../../../ui/phone/after_pay.ts'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { instant } from '../../../ui/format.ts'
import { parking, type PayView } from '../contract.ts'
import { said, stayText } from '../shown.ts'

export function ParkPage({ at }: { at: string }) {
  const lot = useRead(parking.payLook, { at }, { stale_ms: 60_000 })
  const [plate, setPlate] = useState('')
  const [found, setFound] = useState<Out<typeof parking.payLook.gives>>()
  const [fault, setFault] = useState<string>()
  const [looking, setLooking] = useState(false)
  const start = useWrite(parking.payStart, { invalidates: [] })
  const look = async (): Promise<void> => {
    setLooking(true)
    setFault(undefined)
    try {
      setFound(await readNow(parking.payLook, { at, plate }))
    } catch (error) {
      setFault(asRefused(error).message)
    }
    setLooking(false)
  }
  const pay = async (stay_id: string): Promise<void> => {
    const a = await start.run({ at, plate, stay_id }, stay_id)
    if (!a) return
    keepWayBack({ path: `/park/${at}`, label: '返回停车缴费' })
    go(`/link/${a.token}`)
  }
  return (
    <Page title="停车缴费">
      <Loaded reading={lot}>
        {(l) => (
          <>
            <section className="ph-card"><Facts rows={[['车场', `${l.community_name} ${l.lot_name}`], ['收费单位', l.company_name]]} /></section>
            <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); void look() }}>
              <Field label="车牌" error={fault} hint="无牌车输入票号">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={16} value={plate} onChange={(e) => { setPlate(e.target.value.toUpperCase()); setFound(undefined) }} />}</Field>
              <Button className="ph-big" block color="primary" type="submit" loading={looking} disabled={plate.trim().length < 5}>查停车费</Button>
            </form>
            {found?.rows.length === 0 ? <StateBlock icon="info" title="没有找到这辆车" text="请核对车牌;刚入场或识别有误请到岗亭处理" /> : null}
            {found?.rows.map((r) => <Stay key={r.stay_id} v={r} paying={start.running} pay={() => void pay(r.stay_id)} />)}
          </>
        )}
      </Loaded>
    </Page>
  )
}
export function Stay({ v, pay, paying, where }: { v: PayView; pay: () => void; paying: boolean; where?: string }) {
  return (
    <section className="ph-card ph-section" aria-label={v.plate}>
      <div className="ph-between"><h2>{v.plate}</h2>{v.left_at ? <Tag kind="bad">未缴离场</Tag> : <Tag kind="good">在场</Tag>}</div>
      <Facts rows={[...(where ? [['车场', where] as const] : []), ['入场', v.no_entry ? '没有入场记录' : instant(v.entered_at)], ['停放', stayText(v.minutes)], ['类别', said('class', v.class)], ...(v.paid_fen > 0 ? [['已缴', <Money key="p" fen={v.paid_fen} />] as const] : []), ['应缴', <Money key="d" className="ph-strong" fen={v.due_fen} />]]} />
      {v.lines.map((l, i) => <p key={i} className="ph-small ph-weak">{l.text}</p>)}
      {v.problem ? <p className="ph-red" role="alert">{v.problem}</p> : v.due_fen > 0 ? <Button className="ph-big" block color="primary" loading={paying} onClick={pay}>缴 <Money fen={v.due_fen} /></Button> : <p className="ph-green">现在不用缴费{v.paid_fen > 0 ? ',请在宽限时间内离场' : ''}</p>}
    </section>
  )
}
