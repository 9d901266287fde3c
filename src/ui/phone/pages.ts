// A list that grows at its end: one page after another, as far as a person asks.
import { useInfiniteQuery } from '@tanstack/react-query'
import { readNow, type Call, type In, type Reading, type Refused, type Shape } from '../api.ts'

interface PageOf<R> {
  rows: R[]
  total: number
}
export interface Growing<O> extends Reading<O> {
  more: boolean
  loadMore: () => void
  loadingMore: boolean
}
const SIZE = 30

/** `data` is the last page's answer with the rows of all pages so far. */
export function useGrowing<I extends Shape, O extends { _zod: { input: unknown; output: PageOf<unknown> } }>(call: Call<I, O>, input: Omit<In<I>, 'page' | 'page_size'>, o: { enabled?: boolean } = {}): Growing<O['_zod']['output']> {
  type Answer = O['_zod']['output']
  const q = useInfiniteQuery<Answer, Refused, { pages: Answer[] }, readonly unknown[], number>({
    queryKey: [call.name, 'growing', input],
    queryFn: ({ pageParam }) => readNow(call, { ...input, page: pageParam, page_size: SIZE } as In<I>) as Promise<Answer>,
    initialPageParam: 1,
    getNextPageParam: (last, all) => (last.rows.length === SIZE && all.length * SIZE < last.total ? all.length + 1 : undefined),
    enabled: o.enabled ?? true,
  })
  const last = q.data?.pages.at(-1)
  return {
    data: last && q.data ? { ...last, rows: q.data.pages.flatMap((p) => p.rows) } : undefined,
    loading: q.isPending && q.fetchStatus !== 'idle',
    fetching: q.isFetching,
    error: q.error,
    retry: () => void q.refetch(),
    more: q.hasNextPage,
    loadMore: () => void q.fetchNextPage(),
    loadingMore: q.isFetchingNextPage,
  }
}
