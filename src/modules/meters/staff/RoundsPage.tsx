import type { ReactNode } from 'react'
import { instant } from '../../../ui/format.ts'
import { Chips, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { groupBy, monthText } from '../../../ui/phone/text.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { KIND_WORDS, periods, placeOf, useRounds, type Progress } from './round.ts'

export function RoundsPage({ tabs }: { tabs: ReactNode }) {
  const months = periods()
  const asked = useQueryText('period')
  const period = asked && months.includes(asked) ? asked : months[0]
  const set = useQuerySetter()
  const rounds = useRounds(period)
  return (
    <Page title="抄表" tabs={tabs}>
      <OutboxCard />
      <Chips label="账期" choices={months.map((m) => ({ value: m, label: monthText(m) }))} value={period} choose={(v) => set('period', v === months[0] ? undefined : v)} />
      <Loaded reading={rounds}>
        {({ value, saved_at, old }) => (
          <>
            {old ? <p className="ph-weak ph-small">没有网络,显示的是 {instant(saved_at)} 存在手机上的进度。</p> : null}
            {value.length === 0 ? <StateBlock icon="meter" title="没有要抄的表" text="您负责的楼栋本期没有表计,或还没有登记" /> : groupBy(value, (r) => r.community_name).map(([name, rows]) => <Community key={name} name={name} rows={rows} period={period} />)}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Community({ name, rows, period }: { name: string; rows: Progress; period: string }) {
  return (
    <section className="ph-section">
      <h2 className="ph-h2">{name}</h2>
      <ul className="ph-list">
        {rows.map((r) => (
          <li key={`${placeOf(r)} ${r.kind}`}>
            <RowLink
              to={`/meters/${placeOf(r)}/${r.kind}?period=${period}`}
              icon="meter"
              title={<span className="ph-strong">{r.building_name} · {KIND_WORDS[r.kind]}</span>}
              under={<span className="st-progress" role="img" aria-label={`已抄 ${r.read_count} 块,共 ${r.meter_count} 块`}><span style={{ width: `${r.meter_count ? (r.read_count / r.meter_count) * 100 : 0}%` }} /></span>}
              side={<span className="ph-num">{r.read_count}/{r.meter_count}<span style={{ display: 'block' }}>{r.suspect_count > 0 ? <Tag kind="warn">存疑 {r.suspect_count}</Tag> : r.unread_count > 0 ? <Tag>未抄到 {r.unread_count}</Tag> : r.read_count === r.meter_count ? <Tag kind="good">抄完</Tag> : null}</span></span>}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}
