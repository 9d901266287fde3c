// Small parts: amounts, states, figures, buttons with a reason.
import { Button, Tag, Tooltip, type ButtonProps } from 'antd'
import { useState, type ReactNode } from 'react'
import { sentence, kernelWords, type Words } from '../kernel/contract.ts'
import { Refused, faceName, fileUrl, type Call, type In, type Shape } from './api.ts'
import { Go } from './address.tsx'
import { toast } from './feedback.tsx'
import { money } from './format.ts'

/** '1,234.50', tabular digits; `owed` paints amounts above zero red. */
export function MoneyText({ fen, sign, owed, strong }: { fen: number | null | undefined; sign?: boolean; owed?: boolean; strong?: boolean }) {
  const text = money(fen)
  const shown = sign && text !== '—' ? (text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`) : text
  const red = (fen ?? 0) < 0 || (owed && (fen ?? 0) > 0)
  return <span className={`hy-num${red ? ' hy-red' : ''}${strong ? ' hy-strong' : ''}`}>{shown}</span>
}

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'plain'
const TONES: Record<Tone, string> = { good: 'success', bad: 'error', warn: 'warning', busy: 'processing', plain: 'default' }
/** `<StateTag value={row.state} words={words.states!.house_state} tones={{ vacant: 'plain' }} />` */
export function StateTag({ value, words, tones }: { value: string; words: Record<string, string> | undefined; tones?: Record<string, Tone> }) {
  return <Tag color={TONES[tones?.[value] ?? 'plain']} className={`hy-tag hy-tag-${tones?.[value] ?? 'plain'}`}>{words?.[value] ?? value}</Tag>
}

/** A number that opens its lines. */
export function Figure({ label, value, unit, to, open, compare }: { label: string; value: ReactNode; unit?: string | undefined; to?: string | null | undefined; open?: (() => void) | undefined; compare?: string | null | undefined }) {
  const inner = (
    <>
      <span className="hy-figure-label">{label}</span>{' '}
      <span className="hy-figure-value">
        {value}
        {unit ? <small> {unit}</small> : null}
      </span>
      <span className="hy-figure-compare">{compare ?? '\u00a0'}</span>
    </>
  )
  if (open) return <button type="button" className="hy-figure hy-figure-link" onClick={open}>{inner}</button>
  return to ? <Go to={to} className="hy-figure hy-figure-link">{inner}</Go> : <div className="hy-figure">{inner}</div>
}

/** The Chinese reason of a code that travelled with a row. */
export function reasonOf(code: string, words: Words | readonly Words[]): string {
  for (const w of [...(Array.isArray(words) ? (words as readonly Words[]) : [words as Words]), kernelWords]) {
    const template = w.refusals[code]
    if (template) return sentence(template, { permission: '这项操作的' }).replace('「这项操作的」权限', '这项操作的权限')
  }
  return code
}

/** Disabled WITH the reason: `<CanButton can={row.can.void} words={words} onClick={…}>作废</CanButton>` */
export function CanButton({ can, words, ...rest }: { can: true | string | undefined; words: Words | readonly Words[] } & ButtonProps) {
  return can === true ? <Button {...rest} /> : <CannotButton {...rest} reason={can === undefined ? '正在加载' : reasonOf(can, words)} />
}

/** Not natively disabled: keyboard and finger reach it, and it then says why it does nothing. */
export function CannotButton({ reason, type, danger: _d, loading: _l, href: _h, htmlType: _t, className, onClick: _c, ...rest }: { reason: string } & ButtonProps) {
  return (
    <Tooltip title={reason} trigger={['hover', 'focus']}>
      <Button {...rest} {...(type === 'link' || type === 'text' ? { type } : {})} htmlType="button" aria-disabled aria-description={reason} className={`hy-cannot ${className ?? ''}`} onClick={(e) => { e.preventDefault(); e.stopPropagation() }} />
    </Tooltip>
  )
}

/** Downloads a file and says in Chinese why it could not. It is a link: the address can be copied. */
export function ExcelButton<I extends Shape>({ call, input, label = '导出', ...rest }: { call: Call<I, Shape>; input: In<I>; label?: string } & Omit<ButtonProps, 'onClick' | 'href'>) {
  const [busy, setBusy] = useState(false)
  const url = fileUrl(call, input)
  const fetchIt = async () => {
    if (busy) return
    setBusy(true)
    try {
      await saveFrom(url, label)
    } catch (e) {
      toast.refused(e instanceof Refused ? e : new Refused(0, { error: 'kernel.offline', message: '网络不通,文件没有下载' }))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button {...rest} href={url} loading={busy} onClick={(e) => { e.preventDefault(); void fetchIt() }}>
      {label}
    </Button>
  )
}

/** Asks for a file and hands it to the browser under the name the server gave. */
export async function saveFrom(url: string, fallback_name: string): Promise<void> {
  const res = await fetch(url, { headers: { 'x-face': faceName() } })
  if (!res.ok) throw new Refused(res.status, ((await res.json().catch(() => null)) as never) ?? { error: 'kernel.fault', message: '文件没有生成' })
  const name = /filename\*=UTF-8''([^;]+)/.exec(res.headers.get('content-disposition') ?? '')?.[1]
  const blob_url = URL.createObjectURL(await res.blob())
  const a = document.createElement('a')
  a.href = blob_url
  a.download = name ? decodeURIComponent(name) : fallback_name
  a.click()
  setTimeout(() => URL.revokeObjectURL(blob_url), 60_000)
}
