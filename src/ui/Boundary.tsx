// Give it a key that changes with the address. The last net: a page that throws is replaced by a sentence and an id that the console shows too.
import { Button, Result } from 'antd'
import { Component, type ReactNode } from 'react'

interface State {
  error: Error | null
  fault_id: string
}
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null, fault_id: '' }
  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)), fault_id: newFaultId() }
  }
  override componentDidCatch(error: unknown): void {
    console.error(`fault ${this.state.fault_id}`, error)
  }
  override render(): ReactNode {
    const { error, fault_id } = this.state
    return error ? <FaultBlock error={error} fault_id={fault_id} /> : this.props.children
  }
}

/** A page's script that is gone means a newer version was installed meanwhile. */
const isOldVersion = (e: Error): boolean => /dynamically imported module|Importing a module script failed|error loading/i.test(e.message)

export function FaultBlock({ error, fault_id = newFaultId() }: { error: Error; fault_id?: string }) {
  const old = isOldVersion(error)
  return (
    <div role="alert">
      <Result
        status={old ? 'info' : 'error'}
        title={old ? '页面没有加载成功' : '页面出错了'}
        subTitle={old ? '系统可能刚刚更新,或网络中断,请重新加载' : `请重新加载;若仍出现,请把编号告诉管理员:${fault_id}(${error.message.slice(0, 120)})`}
        extra={<Button type="primary" onClick={() => location.reload()}>重新加载</Button>}
      />
    </div>
  )
}
const newFaultId = (): string => [...crypto.getRandomValues(new Uint8Array(3))].map((b) => b.toString(16).padStart(2, '0')).join('').toUpperCase()
