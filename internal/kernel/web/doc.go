// Package web is the HTTP plumbing under every page: it knows how a request is received, limited, answered, logged and counted, and
// no room.
//
// A server is put together once, outermost first:
//
//	handler := web.Chain(web.Routes(mux),
//		web.Language(catalogue),           // /en/… is the same page in English
//		web.Frame(web.FrameOptions{…}),    // request number, log, metrics, a page instead of a crash
//		web.Secure(web.SecurityOptions{…}),// Content-Security-Policy and its like
//		web.SameOrigin(),                  // no posts from other sites
//		web.LimitBody(1<<20),
//		web.Compress,
//		sessions.Middleware)
//	err := web.Serve(ctx, web.NewServer(web.ServerOptions{…}, handler), listener, 20*time.Second)
//
// Handlers report failures with Error, which says in plain words what happened and what to do, and keeps the cause for the log.
// Pages that are the same for everyone are mounted through PageCache.Wrap. Handlers that take large files call AllowUpload, those
// that send for long call KeepSending.
//
// Nothing here logs an address, a query string, a path with an identifier in it, or what somebody wrote: the log names the route's
// pattern and the request's number, which error pages show.
//
// Sources: RFC 9110 (HTTP), RFC 9457 (problem details), RFC 9116 (security.txt), W3C Content Security Policy 3, DOS-lagen
// (2018:1937). It answers P-T (tillgänglighet: overload and slow clients are cut off, others are served), P-K (sekretess: headers,
// logs, and input is limited) for everything that comes over HTTP.
package web
