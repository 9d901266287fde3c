// Loading, error, empty: the three states that every shell shows the same way.
import { Button, Empty, Result, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import type { Refused } from './api.ts'
import { usePlace } from './session.ts'

const PLACES_SHOWN = 12

export function LoadingBlock({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="加载中" className="hy-pad">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

export function ErrorBlock({ error, retry }: { error: Refused; retry?: (() => void) | undefined }) {
  const missing = error.code === 'kernel.not_found'
  const forbidden = error.code === 'kernel.forbidden'
  return (
    <div role="alert">
      <Result
        status={missing ? '404' : forbidden ? '403' : error.status === 0 ? 'warning' : 'error'}
        title={missing ? '没有找到' : forbidden ? '没有权限' : error.status === 0 ? '网络不通' : '没有成功'}
        subTitle={
          <>
            {error.message}
            {error.problem.fault_id && !error.message.includes(error.problem.fault_id) ? `(编号 ${error.problem.fault_id})` : null}
          </>
        }
        extra={retry && !missing && !forbidden ? <Button type="primary" onClick={retry}>重试</Button> : null}
      />
    </div>
  )
}

export function EmptyBlock({ text, next }: { text: string; next?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text}>
      {next}
    </Empty>
  )
}

/** For a page that is about one community while all are chosen: one press chooses it. */
export function ChoosePlace() {
  const { places, choosePlace } = usePlace()
  return <EmptyBlock text="请选择小区" next={<div className="hy-line hy-middle">{places.slice(0, PLACES_SHOWN).map((p) => <Button key={p.id} onClick={() => choosePlace(p.id)}>{p.name}</Button>)}{places.length > PLACES_SHOWN ? <span className="hy-muted">其余 {places.length - PLACES_SHOWN} 个在左上方选择</span> : null}</div>} />
}
