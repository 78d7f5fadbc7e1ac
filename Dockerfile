# A production node. The web process and the worker run from the same image; see compose.yaml.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app

COPY requirements/production.txt requirements/production.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/production.txt

COPY manage.py ./
COPY portal portal
COPY troubleshoot troubleshoot
COPY templates templates
COPY static static

RUN useradd --system --create-home --home-dir /app/var desk
ENV ACCESS_DESK_VAR_DIR=/app/var HOST=0.0.0.0 PORT=8000
# The static files carry their digest in their name and lie beside their compressed form; making them asks for no
# database and no secret.
RUN python manage.py collectstatic --noinput && chown -R desk /app/var
USER desk

EXPOSE 8000
CMD ["gunicorn", "--config", "portal/gunicorn.py", "portal.wsgi"]
