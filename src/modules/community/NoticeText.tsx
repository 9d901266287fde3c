import { Fragment } from 'react'
import { blocksOf, type Block } from './text.ts'
import './notice.css'

const Inline = ({ of }: { of: Block }) => <>{of.pieces.map((p, i) => (p.strong ? <strong key={i}>{p.text}</strong> : <Fragment key={i}>{p.text}</Fragment>))}</>
/** The words of a notice, on a desk and on a phone. */
export function NoticeText({ body }: { body: string }) {
  return (
    <div className="nt-text">
      {blocksOf(body).map((b, i) => (b.kind === 'heading' ? <p key={i} className="nt-heading"><Inline of={b} /></p> : b.kind === 'item' ? <p key={i} className="nt-item"><Inline of={b} /></p> : <p key={i}><Inline of={b} /></p>))}
    </div>
  )
}
