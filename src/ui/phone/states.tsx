// Loading, error, offline and empty, the same on every phone page. `Loaded` demands all of them around what was read.
import { Button } from 'antd-mobile'
import { Component, type ReactNode } from 'react'
import type { Reading, Refused } from '../api.ts'
import { Icon, type IconName } from './icons.tsx'

export function Bones({ rows = 3 }: { rows?: number }) {
  return (
    <div role="status" className="ph-bones">
      <span className="ph-unseen">正在加载</span>
      {Array.from({ length: rows }, (_, i) => <div key={i} className="ph-bone" />)}
    </div>
  )
}

export function StateBlock({ icon, title, text, children, alert = false }: { icon: IconName; title: string; text?: ReactNode; children?: ReactNode; alert?: boolean }) {
  return (
    <div className="ph-state" {...(alert ? { role: 'alert' } : {})}>
      <Icon name={icon} className="" />
      <h2>{title}</h2>
      {text ? <p className="ph-weak">{text}</p> : null}
      {children}
    </div>
  )
}

export function ErrorState({ error, retry }: { error: Refused; retry?: () => void }) {
  const offline = error.status === 0
  const final = error.code === 'kernel.not_found' || error.code === 'kernel.forbidden'
  return (
    <StateBlock
      alert
      icon={offline ? 'offline' : 'warn'}
      title={offline ? '网络不通' : error.code === 'kernel.not_found' ? '没有找到' : error.code === 'kernel.forbidden' ? '没有权限' : '没有成功'}
      text={offline ? '请检查手机网络后重试' : error.message}
    >
      {retry && !final ? <Button className="ph-mid" color="primary" onClick={() => retry()}>重试</Button> : null}
    </StateBlock>
  )
}

/** What was read, or why not. An older answer stays on screen when the network goes. */
export function Loaded<T>({ reading, rows, children }: { reading: Reading<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (reading.data !== undefined) return <>{children(reading.data)}</>
  if (reading.error) return <ErrorState error={reading.error} retry={reading.retry} />
  return <Bones {...(rows === undefined ? {} : { rows })} />
}

/** A page that broke, or a page file that an update took away: one button that helps. */
export class PageBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }
  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }
  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    return (
      <main className="ph-main">
        <StateBlock alert icon="warn" title="页面没有打开" text="可能是程序刚刚更新,或网络中断">
          <Button className="ph-mid" color="primary" onClick={() => location.reload()}>重新加载</Button>
        </StateBlock>
      </main>
    )
  }
}
