// Columns of a list: how a value is shown follows from its name (units last: _fen, _m2, _at, _on), and which are shown is remembered.
import { Button, Checkbox, Popover } from 'antd'
import type { ColumnType } from 'antd/es/table'
import { useState, type ReactNode } from 'react'
import { MoneyText } from './bits.tsx'
import { area, count, day, instant, maskedPhone } from './format.ts'
import { useSession } from './session.ts'

export interface Column<R> extends Omit<ColumnType<R>, 'title' | 'key' | 'dataIndex' | 'render'> {
  /** The field of the row, or any name when `show` is given. */
  key: string
  title: string
  show?: (row: R) => ReactNode
  /** Not shown until chosen. */
  hidden?: boolean
  /** Always shown, cannot be unchosen. */
  always?: boolean
}

function shownAs(key: string, value: unknown): ReactNode {
  if (value === null || value === undefined || value === '') return '—'
  if (key.endsWith('_fen')) return <MoneyText fen={value as number} />
  if (key.endsWith('_m2')) return area(value as string)
  if (isInstant(key)) return instant(value as string)
  if (key.endsWith('_on')) return day(value as string)
  if (key.endsWith('_count')) return count(value as number)
  if (key === 'phone' || key.endsWith('_phone')) return maskedPhone(value as string)
  if (typeof value === 'boolean') return value ? '是' : '否'
  return String(value)
}
const isNumber = (key: string): boolean => /_(fen|m2|count|rate|price)$/.test(key)
const isInstant = (key: string): boolean => key === 'at' || key.endsWith('_at')

export function toAntd<R extends object>(c: Column<R>, wrap?: (row: R, content: ReactNode) => ReactNode): ColumnType<R> & { key: string } {
  const { show, hidden: _h, always: _a, key, ...rest } = c
  const content = (row: R): ReactNode => (show ? show(row) : shownAs(key, (row as Record<string, unknown>)[key]))
  return {
    ...(isNumber(key) ? { align: 'right' as const, className: 'hy-num' } : {}),
    ...(isInstant(key) ? { className: 'hy-nowrap' } : {}),
    ellipsis: rest.width !== undefined,
    ...rest,
    key,
    render: (_v: unknown, row: R) => (wrap ? wrap(row, content(row)) : content(row)),
  }
}

/** Which columns are shown, by person and list, in this browser. */
export function useColumns<R>(name: string, columns: readonly Column<R>[]): { shown: Column<R>[]; chooser: ReactNode } {
  const { account_id } = useSession()
  const slot = `heyuan.columns.${account_id}.${name}`
  const [off, setOff] = useState<readonly string[]>(() => stored(slot) ?? columns.filter((c) => c.hidden).map((c) => c.key))
  const save = (keys: readonly string[] | undefined) => {
    setOff(keys ?? columns.filter((c) => c.hidden).map((c) => c.key))
    try {
      if (keys) localStorage.setItem(slot, JSON.stringify(keys))
      else localStorage.removeItem(slot)
    } catch {
      // private window: the choice lasts until the page is left
    }
  }
  const shown = columns.filter((c) => c.always || !off.includes(c.key))
  const panel = (
    <div className="hy-chooser" role="group" aria-label="显示的列">
      {columns.map((c) => (
        <Checkbox key={c.key} disabled={c.always ?? false} checked={c.always || !off.includes(c.key)} onChange={(e) => save(e.target.checked ? off.filter((k) => k !== c.key) : [...off, c.key])}>
          {c.title}
        </Checkbox>
      ))}
      <Button size="small" type="link" onClick={() => save(undefined)}>恢复默认</Button>
    </div>
  )
  const chooser = (
    <Popover trigger="click" placement="bottomRight" content={panel}>
      <Button>列设置</Button>
    </Popover>
  )
  return { shown: shown.length > 0 ? shown : columns.slice(0, 1), chooser }
}
function stored(slot: string): readonly string[] | undefined {
  try {
    const v: unknown = JSON.parse(localStorage.getItem(slot) ?? 'null')
    return Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : undefined
  } catch {
    return undefined
  }
}
