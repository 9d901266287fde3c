import { blocksOf } from './text.ts'
import './rule.css'

/** The words of a rule, on a desk and on a phone. */
export const RuleText = ({ body }: { body: string }) => <div className="of-text">{blocksOf(body).map((b, i) => (b.heading ? <h3 key={i}>{b.text}</h3> : <p key={i}>{b.text}</p>))}</div>
