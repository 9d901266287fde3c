// Small parts of phone pages.
import { Popup } from 'antd-mobile'
import { useId, type ReactNode } from 'react'
import { yen } from '../format.ts'
import { Icon, type IconName } from './icons.tsx'
import { Link } from './router.tsx'

export const Money = ({ fen, className = '' }: { fen: number; className?: string }) => <span className={`ph-num ${className}`}>{yen(fen)}</span>

interface RowProps {
  icon?: IconName
  title: ReactNode
  under?: ReactNode
  side?: ReactNode
}
function RowInside({ icon, title, under, side, chevron }: RowProps & { chevron: boolean }) {
  return (
    <>
      {icon ? <span className="ph-row-icon"><Icon name={icon} /></span> : null}
      <span className="ph-row-body">
        <span>{title}</span>
        {under ? <span className="ph-weak ph-small" style={{ display: 'block' }}>{under}</span> : null}
      </span>
      {side === undefined ? null : <span className="ph-row-side">{side}</span>}
      {chevron ? <Icon name="next" className="ph-chevron" /> : null}
    </>
  )
}
export const RowLink = ({ to, ...rest }: RowProps & { to: string }) => <Link className="ph-row" to={to}><RowInside {...rest} chevron /></Link>
export const RowButton = ({ onClick, ...rest }: RowProps & { onClick: () => void }) => <button type="button" className="ph-row" onClick={onClick}><RowInside {...rest} chevron /></button>
export const Row = (p: RowProps) => <div className="ph-row"><RowInside {...p} chevron={false} /></div>

export function RowSwitch({ icon, title, under, on, set }: { icon?: IconName; title: string; under?: string; on: boolean; set: (on: boolean) => void }) {
  const id = useId()
  return (
    <div className="ph-row">
      {icon ? <span className="ph-row-icon"><Icon name={icon} /></span> : null}
      <span className="ph-row-body">
        <span id={id}>{title}</span>
        {under ? <span className="ph-weak ph-small" style={{ display: 'block' }}>{under}</span> : null}
      </span>
      <button type="button" role="switch" className="ph-switch" aria-checked={on} aria-labelledby={id} onClick={() => set(!on)} />
    </div>
  )
}

export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="ph-facts">
      {rows.filter((r) => r !== null).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  )
}

export interface Choice {
  value: string
  label: string
}
/** One of a few, in a row that scrolls sideways; `wrap` shows all of many at once. */
export function Chips({ label, choices, value, choose, wrap = false }: { label: string; choices: readonly Choice[]; value: string; choose: (value: string) => void; wrap?: boolean }) {
  return (
    <div className={wrap ? 'ph-chips ph-chips-wrap' : 'ph-chips'} role="group" aria-label={label}>
      {choices.map((c) => <button key={c.value} type="button" className="ph-chip" aria-pressed={c.value === value} onClick={() => choose(c.value)}>{c.label}</button>)}
    </div>
  )
}

export const Tag = ({ kind, children }: { kind?: 'good' | 'bad' | 'warn' | 'busy'; children: ReactNode }) => <span className={`ph-tag${kind ? ` ph-tag-${kind}` : ''}`}>{children}</span>

/** A sheet from below; its heading names it. */
export function Sheet({ open, title, close, children }: { open: boolean; title: string; close: () => void; children: ReactNode }) {
  return (
    <Popup visible={open} onMaskClick={close} onClose={close} destroyOnClose bodyStyle={{ borderTopLeftRadius: '1rem', borderTopRightRadius: '1rem' }}>
      <section className="ph-sheet" role="dialog" aria-modal="true" aria-label={title}>
        <div className="ph-sheet-head">
          <h2>{title}</h2>
          <button type="button" className="ph-text-button" onClick={close}>关闭</button>
        </div>
        {children}
      </section>
    </Popup>
  )
}

export function Field({ label, error, hint, children }: { label: string; error?: string | undefined; hint?: ReactNode; children: (p: { id: string; 'aria-invalid': boolean; 'aria-describedby'?: string }) => ReactNode }) {
  const id = useId()
  const about = `${id}-about`
  return (
    <div className="ph-field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': error !== undefined, ...(error || hint ? { 'aria-describedby': about } : {}) })}
      {error || hint ? <div id={about} className={error ? 'ph-fault' : 'ph-weak ph-small'} {...(error ? { role: 'alert' } : {})}>{error ?? hint}</div> : null}
    </div>
  )
}
