import { useState } from 'react'
import { fileUrl, useRead, type Out } from '../../../ui/api.ts'
import { Chips } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { monthText } from '../../../ui/phone/text.ts'
import { trimDecimal } from '../../../kernel/money.ts'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { meters } from '../contract.ts'
import { explainReading } from '../explain.ts'
import { words } from '../words.ts'

type Meter = Out<(typeof meters.myUsage)['gives']>['meters'][number]
const kindOf = (m: Meter): string => words.states!['meter_kind']![m.kind]!.replace('表', '')
const unitOf = (m: Meter): string => words.states!['unit']![m.kind]!

export function UsagePage() {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="水电用量" back="/">
      <Loaded reading={reading}>
        {() => (house ? <><HouseSwitcher houses={houses} house={house} /><Usage key={house.house_id} house_id={house.house_id} /></> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />)}
      </Loaded>
    </Page>
  )
}

function Usage({ house_id }: { house_id: string }) {
  const usage = useRead(meters.myUsage, { house_id })
  const [picked, setPicked] = useState<string>()
  return (
    <Loaded reading={usage} rows={4}>
      {({ meters: list }) => {
        const m = list.find((x) => x.point_id === picked) ?? list[0]
        if (!m) return <StateBlock icon="meter" title="还没有用量" text="物业抄表后会显示在这里" />
        return (
          <>
            {list.length > 1 ? <Chips label="表" choices={list.map((x) => ({ value: x.point_id, label: `${kindOf(x)} ${x.no}` }))} value={m.point_id} choose={setPicked} /> : null}
            <Bars meter={m} />
            <section className="ph-section">
              <h2 className="ph-h2">每月读数</h2>
              <ul className="ph-list">
                {m.readings.map((r) => (
                  <li key={`${r.meter_id} ${r.period}`} className="ph-row">
                    <span className="ph-row-body">
                      <span className="ph-between"><span className="ph-strong">{monthText(r.period)}</span><span className="ph-strong ph-num">{trimDecimal(r.usage)} {unitOf(m)}</span></span>
                      <span className="ph-explain" style={{ display: 'block' }}>{explainReading(r)}</span>
                      {r.register_usages.length ? <span className="ph-small ph-weak" style={{ display: 'block' }}>{r.register_usages.map((x) => `${words.states!['register']![x.register]} ${trimDecimal(x.usage)}`).join(' · ')}</span> : null}
                      <span className="ph-between ph-small"><span className="ph-weak">抄表日 {r.read_on}{r.source === 'estimate' ? ',估抄,以后实抄时结清' : ''}</span>{r.has_photo ? <a href={fileUrl(meters.myReadingPhoto, { house_id, meter_id: r.meter_id, period: r.period })} target="_blank" rel="noreferrer">看照片</a> : null}</span>
                    </span>
                  </li>
                ))}
              </ul>
            </section>
            <p className="ph-weak ph-small">对读数有疑问,请联系物业服务中心复核。</p>
          </>
        )
      }}
    </Loaded>
  )
}

/** Twelve months as bars; the same numbers stand in the list below. */
function Bars({ meter }: { meter: Meter }) {
  const months = meter.months.slice(-12)
  // Only the height of a bar; no amount follows from it.
  const most = Math.max(1, ...months.map((x) => Number(x.usage)))
  const mean = months.length ? months.reduce((n, x) => n + Number(x.usage), 0) / months.length : 0
  return (
    <section className="ph-card" aria-label="每月用量">
      <p className="ph-between"><span className="ph-strong">{kindOf(meter)}用量({unitOf(meter)})</span><span className="ph-weak ph-small">月均 {mean.toFixed(1)}</span></p>
      <div className="mt-bars" role="img" aria-label={months.map((x) => `${x.period} ${trimDecimal(x.usage)}`).join(',')}>
        {months.map((x) => <span key={x.period} className="mt-bar"><small className="ph-num">{trimDecimal(x.usage)}</small><i style={{ height: `${Math.max(2, (Number(x.usage) / most) * 100)}%` }} /><small>{Number(x.period.slice(5))}月</small></span>)}
      </div>
    </section>
  )
}
