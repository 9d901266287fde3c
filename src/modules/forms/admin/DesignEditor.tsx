// Every choice of a layout. All are typed fields or lists of known parts; nothing here is markup.
import { Button, Checkbox, Input, InputNumber, Select, Switch } from 'antd'
import { useState, type ReactNode } from 'react'
import { Upload } from '../../../ui/Upload.tsx'
import type { Design, KindRow, Paper } from '../contract.ts'

interface Props {
  kind: KindRow
  paper: Paper
  design: Design
  disabled: boolean
  change: (d: Design) => void
}
const Group = ({ title, children }: { title: string; children: ReactNode }) => <fieldset className="fm-group"><legend>{title}</legend>{children}</fieldset>
const Row = ({ label, children }: { label: string; children: ReactNode }) => <label className="fm-row"><span>{label}</span>{children}</label>

export function DesignEditor({ kind, paper, design: d, disabled, change }: Props) {
  const set = (part: Partial<Design>) => change({ ...d, ...part })
  const num = (label: string, value: number, min: number, max: number, unit: string, to: (v: number) => Partial<Design>, step = 0.5) => (
    <Row label={label}><InputNumber size="small" aria-label={label} disabled={disabled} min={min} max={max} step={step} value={value} suffix={unit} onChange={(v) => { if (typeof v === 'number') set(to(v)) }} /></Row>
  )
  const margin = (side: keyof Design['margin_mm'], label: string) => num(label, d.margin_mm[side], 0, 60, '毫米', (v) => ({ margin_mm: { ...d.margin_mm, [side]: v } }))
  return (
    <div className="hy-stack">
      <Group title="文字">
        <Row label="标题"><Input size="small" aria-label="标题" disabled={disabled} maxLength={20} value={d.title} placeholder="留空用通常的标题" onChange={(e) => set({ title: e.target.value })} /></Row>
        <Row label="页眉文字"><Input size="small" aria-label="页眉文字" disabled={disabled} maxLength={100} value={d.header} onChange={(e) => set({ header: e.target.value })} /></Row>
        <Row label="脚注"><Input.TextArea size="small" aria-label="脚注" disabled={disabled} maxLength={200} autoSize={{ minRows: 1, maxRows: 4 }} value={d.footer} onChange={(e) => set({ footer: e.target.value })} /></Row>
        <div className="fm-nums">{num('字号', d.text_pt, 6, 16, '磅', (v) => ({ text_pt: v }))}{num('标题字号', d.title_pt, 8, 36, '磅', (v) => ({ title_pt: v }))}{paper === 'roll' ? null : num('行距', d.row_pt, 0, 20, '磅', (v) => ({ row_pt: v }), 0.2)}</div>
      </Group>
      {kind.columns.length ? <Columns kind={kind} d={d} disabled={disabled} set={set} /> : null}
      <Group title="内容">
        <Checkbox.Group className="fm-checks" disabled={disabled} value={d.blocks} options={kind.blocks.map((b) => ({ value: b.key, label: b.zh }))} onChange={(v) => set({ blocks: kind.blocks.map((b) => b.key).filter((k) => v.includes(k)) })} />
      </Group>
      {kind.params.length ? <Words kind={kind} d={d} disabled={disabled} set={set} /> : null}
      <Group title="图片">
        <Picture label="标志" file_id={d.logo_file_id} disabled={disabled} change={(v) => set({ logo_file_id: v })} />
        <Picture label="印章" file_id={d.seal_file_id} disabled={disabled} change={(v) => set({ seal_file_id: v })} />
        <div className="fm-nums">{num('标志高度', d.logo_mm, 4, 40, '毫米', (v) => ({ logo_mm: v }), 1)}{num('印章宽度', d.seal_mm, 10, 50, '毫米', (v) => ({ seal_mm: v }), 1)}{num('二维码宽度', d.qr_mm, 12, 50, '毫米', (v) => ({ qr_mm: v }), 1)}</div>
      </Group>
      <Group title="纸张">
        <div className="fm-nums">{margin('top', '上边距')}{margin('bottom', '下边距')}{margin('left', '左边距')}{margin('right', '右边距')}</div>
        {paper === 'roll' ? null : (
          <>
            <Row label="套打"><span className="hy-line"><Switch size="small" aria-label="套打" disabled={disabled} checked={d.preprinted} onChange={(v) => set({ preprinted: v })} /><span className="hy-muted">用印好框线的纸,只打印内容</span></span></Row>
            <div className="fm-nums">{num('整体右移', d.offset_mm.x, -20, 20, '毫米', (v) => ({ offset_mm: { ...d.offset_mm, x: v } }))}{num('整体下移', d.offset_mm.y, -20, 20, '毫米', (v) => ({ offset_mm: { ...d.offset_mm, y: v } }))}</div>
            <Row label="联次"><Select size="small" mode="tags" aria-label="联次" disabled={disabled} maxCount={6} open={false} suffixIcon={null} value={d.copies} placeholder="输入联名后回车,一联一页;不填只打一页" onChange={(v: string[]) => set({ copies: v.map((x) => x.trim().slice(0, 12)).filter(Boolean) })} /></Row>
          </>
        )}
      </Group>
    </div>
  )
}

type Part = { kind: KindRow; d: Design; disabled: boolean; set: (part: Partial<Design>) => void }
function Columns({ kind, d, disabled, set }: Part) {
  const chosen = d.columns
  const rest = kind.columns.filter((c) => !chosen.some((x) => x.key === c.key))
  const zh = (key: string) => kind.columns.find((c) => c.key === key)
  const move = (i: number, by: number) => { const all = [...chosen]; const [x] = all.splice(i, 1); all.splice(i + by, 0, x!); set({ columns: all }) }
  return (
    <Group title="列">
      {chosen.map((c, i) => (
        <div key={c.key} className="fm-column">
          <Checkbox checked disabled={disabled || zh(c.key)?.must === true} aria-label={`不打印${zh(c.key)?.zh ?? c.key}`} onChange={() => set({ columns: chosen.filter((x) => x !== c) })} />
          <span>{zh(c.key)?.zh}</span>
          <Input size="small" aria-label={`${zh(c.key)?.zh ?? c.key}的列名`} disabled={disabled} maxLength={12} placeholder="通常的列名" value={c.title} onChange={(e) => set({ columns: chosen.map((x) => (x === c ? { ...x, title: e.target.value } : x)) })} />
          <Button size="small" aria-label={`${zh(c.key)?.zh ?? c.key}前移`} disabled={disabled || i === 0} onClick={() => move(i, -1)}>↑</Button>
          <Button size="small" aria-label={`${zh(c.key)?.zh ?? c.key}后移`} disabled={disabled || i === chosen.length - 1} onClick={() => move(i, 1)}>↓</Button>
        </div>
      ))}
      {rest.length ? <div className="hy-line" style={{ flexWrap: 'wrap' }}>{rest.map((c) => <Button key={c.key} size="small" disabled={disabled} onClick={() => set({ columns: [...chosen, { key: c.key, title: '' }] })}>+ {c.zh}</Button>)}</div> : null}
    </Group>
  )
}

function Words({ kind, d, disabled, set }: Part) {
  const ways = kind.blocks.some((b) => b.key === 'ways')
  return (
    <Group title={ways ? '正文与缴费方式' : '正文'}>
      <Row label="正文"><Lines label="正文" value={d.paragraphs} most={6} longest={500} disabled={disabled} placeholder="一行一段;留空用通常的文字" change={(paragraphs) => set({ paragraphs })} /></Row>
      <div className="hy-muted">可用:{kind.params.map((p) => `{${p.key}} ${p.zh}`).join(' · ')}</div>
      {ways ? <Row label="缴费方式"><Lines label="缴费方式" value={d.pay_ways} most={6} longest={100} disabled={disabled} placeholder="一行一条,如开户行与账号;留空用通常的文字" change={(pay_ways) => set({ pay_ways })} /></Row> : null}
    </Group>
  )
}
/** The text as it is typed; what is kept are its lines without empty ones. */
function Lines({ label, value, most, longest, disabled, placeholder, change }: { label: string; value: string[]; most: number; longest: number; disabled: boolean; placeholder: string; change: (v: string[]) => void }) {
  const [text, setText] = useState(value.join('\n'))
  const clean = (v: string): string[] => v.split('\n').map((x) => x.trim().slice(0, longest)).filter(Boolean).slice(0, most)
  const shown = clean(text).join('\n') === value.join('\n') ? text : value.join('\n')
  return <Input.TextArea aria-label={label} disabled={disabled} autoSize={{ minRows: 2, maxRows: 10 }} placeholder={placeholder} value={shown} onChange={(e) => { setText(e.target.value); change(clean(e.target.value)) }} />
}

function Picture({ label, file_id, disabled, change }: { label: string; file_id: string | null; disabled: boolean; change: (id: string | null) => void }) {
  return (
    <div className="fm-row">
      <span>{label}</span>
      {file_id ? <span className="hy-line">已上传 <Button size="small" disabled={disabled} onClick={() => change(null)}>去掉{label}</Button></span> : <Upload purpose="picture" accept=".png,.jpg,.jpeg" label={`上传${label}`} hint="PNG 或 JPG,1 MB 以内" disabled={disabled} onDone={(f) => change(f.file_id)} />}
    </div>
  )
}
