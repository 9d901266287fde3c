// 大屏: today, the month's indicators, what is open, for a screen on the wall. It renews itself; what it shows names nobody.
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { useRead } from '../../../ui/api.ts'
import { Bars } from '../../../ui/Bars.tsx'
import { count, instant, money } from '../../../ui/format.ts'
import { BoardPage } from '../../../ui/pages.tsx'
import { usePlace } from '../../../ui/session.ts'
import { words as alarmWords } from '../../iot/words.ts'
import { words as orderWords } from '../../orders/words.ts'
import { analytics } from '../contract.ts'
import { specOf, type CockpitRow, type Wall } from '../contract_cockpit.ts'
import { words } from '../words.ts'
import { changeText, named, valueText } from './indicators.tsx'
import './wall.css'

const AGAIN_MS = 30_000
const TENTH = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 })
const figureWords = words.states!['wall']!
export default function WallPage() {
  const { place_id } = usePlace()
  const read = useRead(analytics.wall, place_id ? { community_id: place_id } : {}, { refresh_ms: AGAIN_MS, keep: true })
  const box = useRef<HTMLDivElement>(null)
  return (
    <BoardPage
      title="大屏" loading={read.loading} error={read.data ? null : read.error} retry={read.retry}
      legend={<span className="hy-muted">每 30 秒更新一次;不显示姓名、电话和房号。在顶栏选小区只看一个小区。</span>} actions={<Button type="primary" onClick={() => void box.current?.requestFullscreen?.()}>全屏</Button>}
    >
      <div ref={box} className="wl">{read.data ? <Screen d={read.data} stale={read.error !== null} /> : null}</div>
    </BoardPage>
  )
}
function Screen({ d, stale }: { d: Wall; stale: boolean }) {
  const rates = d.rows.filter((r) => specOf(r.code).unit === 'rate' && r.value !== null)
  return (
    <>
      <header className="wl-head"><h2>{d.place}</h2><Clock />{stale ? <span className="wl-stale" role="status">{`连接中断,这是 ${instant(d.at).slice(11)} 的数字`}</span> : null}</header>
      <div className="wl-figures">
        {d.figures.map((f) => <div key={f.code} className={`wl-figure${f.bad ? ' wl-bad' : ''}${f.unit === 'fen' ? ' wl-money' : ''}`}><span>{figureWords[f.code]}</span><b>{f.unit === 'fen' ? money(f.value) : count(f.value)}{f.of === null ? null : <small> / {count(f.of)}</small>}</b></div>)}
      </div>
      <div className="wl-main">
        <section className="wl-card"><h3>本月指标</h3><div className="wl-rates">{rates.map((r) => <Rate key={r.code} r={r} />)}</div></section>
        {d.months.length > 0 ? (
          <section className="wl-card"><h3>近 12 个月收费(元)</h3><Bars label="各月应收、实收与收款" x={d.months.map((m) => m.month)} write={money} axis={(v) => (v === 0 ? '0' : `${TENTH.format(v / 1_000_000)} 万`)} height={300} series={[
            { name: '应收', kind: 'bar', values: d.months.map((m) => m.receivable_fen), colour: '#4f7cb8' }, { name: '实收', kind: 'bar', values: d.months.map((m) => m.received_fen), colour: '#5fd0ff' }, { name: '收款', kind: 'bar', values: d.months.map((m) => m.taken_fen), colour: '#f2b84b' },
          ]} /></section>
        ) : null}
        <section className="wl-card"><h3>未处置报警</h3>{d.alarms.length === 0 ? <p className="wl-none">没有</p> : <ul>{d.alarms.map((a) => <li key={a.alarm_id}><em className={`wl-level wl-${a.level}`}>{alarmWords.states?.['level']?.[a.level]}</em><span>{a.title}<small>{a.place}</small></span><time>{instant(a.raised_at).slice(5)}</time></li>)}</ul>}</section>
        <section className="wl-card"><h3>在办工单</h3>{d.orders.length === 0 ? <p className="wl-none">没有</p> : <ul>{d.orders.map((o) => <li key={o.order_id}><em className={o.late ? 'wl-level wl-critical' : 'wl-level'}>{o.late ? '超时' : (orderWords.states?.['state']?.[o.state] ?? o.state)}</em><span>{o.category}<small>{o.place}</small></span><time>{instant(o.created_at).slice(5)}</time></li>)}</ul>}</section>
      </div>
    </>
  )
}
function Rate({ r }: { r: CockpitRow }) {
  const width = Math.min(100, (r.value ?? 0) / 100)
  return (
    <div className={`wl-rate wl-is-${r.standing}`}>
      <span>{named(r.code)}{r.standing === 'warned' || r.standing === 'short' ? <em>{words.states!['standing']![r.standing]}</em> : null}</span><b>{valueText(r.code, r.value)}</b>
      <i><i style={{ width: `${width}%` }} />{r.goal === null ? null : <u style={{ left: `${Math.min(100, r.goal / 100)}%` }} title="目标" />}</i>
      <small>{[r.goal === null ? '' : `目标 ${valueText(r.code, r.goal)}`, changeText(r.code, r.value, r.before) && `比上月 ${changeText(r.code, r.value, r.before)}`].filter(Boolean).join(' · ') || '\u00a0'}</small>
    </div>
  )
}
function Clock() {
  const [at, setAt] = useState(() => nowIso())
  useEffect(() => {
    const t = setInterval(() => setAt(nowIso()), 1000)
    return () => clearInterval(t)
  }, [])
  return <time className="wl-clock">{instant(at, { seconds: true })}</time>
}
